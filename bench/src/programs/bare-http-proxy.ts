/**
 * The npm package `http-proxy` as in its manual, with keep-alive and round robin: `bare-http-proxy.ts PORT LOG URL…`.
 */
import { createWriteStream } from 'node:fs';
import { Agent, createServer, type ServerResponse } from 'node:http';
import httpProxy from 'http-proxy';

const [port, logFile = '', ...targets] = process.argv.slice(2);
const log = createWriteStream(logFile, { flags: 'a' });
const proxy = httpProxy.createProxyServer({ agent: new Agent({ keepAlive: true }), xfwd: true });
let turn = 0;

proxy.on('error', (_error, _request, response) => (response as ServerResponse).writeHead(502).end());
const server = createServer((request, response) => {
  const { method, url = '/', httpVersion, headers, socket } = request;
  response.on('finish', () => {
    const time = new Date().toISOString();
    const line = `${method} ${url} HTTP/${httpVersion}" ${response.statusCode}`;
    log.write(`${socket.remoteAddress} - - [${time}] "${line} - "-" "${headers['user-agent'] ?? '-'}"\n`);
  });
  request.url = url.replace(/^\/api/, '');
  turn += 1;
  proxy.web(request, response, { target: targets[turn % targets.length] });
});
// Not the 5 s of Node, but the keep-alive time of all other contestants.
server.keepAliveTimeout = 65_000;
server.listen({ port: Number(port), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
