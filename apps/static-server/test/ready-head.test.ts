import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw } from '@tripod/testing/raw-http';
import { createHeadWriter, createReadyHead, type ReadyHead } from '../src/ready-head.ts';

const body = 'a body';
const date = 'Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n';

const ready = (): Readonly<Record<number, ReadyHead>> => ({
  200: createReadyHead(['Content-Type', 'text/plain', 'Content-Length', String(body.length)]),
  304: createReadyHead(['ETag', '"Date: a"']),
});

let server: Server;
let port: number;
let heads: ReturnType<typeof ready>;
/** The id of the next requests. */
let requestId: string;

beforeEach(async () => {
  heads = ready();
  requestId = 'id-of-this-one';
  const writeReadyHead = createHeadWriter(() => date);
  server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const status = Number(searchParams.get('status') ?? 200);
    if (searchParams.has('closing')) response.setHeader('Connection', 'close');
    const head = heads[status];
    if (head === undefined) throw new Error('there is no such head');
    if (pathname === '/ready') writeReadyHead(response, status, head, requestId);
    else response.writeHead(status, ['X-Request-Id', requestId, ...head.headers.slice(2)]);
    response.end(status === 200 && request.method === 'GET' ? body : undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** All that comes for these requests, sent at once on one connection, with dates alike. */
const receive = async (path: string, requests: readonly string[]): Promise<string> => {
  const last = `GET ${path}?status=304 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const bytes = requests.map((request) => request.replace('PATH', path)).join('') + last;
  return (await exchangeRaw({ port, bytes })).replace(/Date: \w{3}, [^\r]+\r\n/g, date);
};

const get = 'GET PATH HTTP/1.1\r\nHost: x\r\n\r\n';
const getUnchanged = 'GET PATH?status=304 HTTP/1.1\r\nHost: x\r\n\r\n';
const head = 'HEAD PATH HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a ready head', () => {
  it.each<[string, readonly string[]]>([
    ['one answer', [get]],
    ['the same answer many times', [get, get, get]],
    ['bodies and answers without one', [get, getUnchanged, get, getUnchanged, getUnchanged, get]],
    ['HEAD after GET', [get, head, get, head]],
    ['GET after HEAD', [head, get]],
    [
      'HTTP/1.0 that keeps the connection',
      [get, get.replace('1.1\r\n', '1.0\r\nConnection: keep-alive\r\n'), get],
    ],
    [
      'HTTP/1.0 without a length',
      [getUnchanged, getUnchanged.replace('1.1\r\n', '1.0\r\nConnection: keep-alive\r\n')],
    ],
    ['a client that closes', [get, get, get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')]],
    ['a server that closes', [get, get, get.replace('PATH', 'PATH?closing=1')]],
  ])('is byte for byte what node makes: %s', async (_what, requests) => {
    const byNode = await receive('/node', requests);
    await expect(receive('/ready', requests)).resolves.toBe(byNode);
    // Once more, with what the first round has left behind.
    await expect(receive('/ready', requests)).resolves.toBe(byNode);
  });

  it('ends a connection after as many requests as node does', async () => {
    server.maxRequestsPerSocket = 3;
    const requests = [get, get, get, get, get];
    await expect(receive('/ready', requests)).resolves.toBe(await receive('/node', requests));
  });

  it.each(['Modified', 'Request-Id', 'X-Request-Id', 'Content-Length', 'id-of-another'])(
    'has the id of its request where it belongs, whatever that of the first one was: %s',
    async (first) => {
      requestId = first;
      await receive('/ready', [get, getUnchanged, get]);
      requestId = 'id-of-this-one';
      const requests = [get, getUnchanged];
      await expect(receive('/ready', requests)).resolves.toBe(await receive('/node', requests));
    },
  );

  it('is used again, with the date of its answer', async () => {
    await receive('/ready', [get]);
    const received = await exchangeRaw({
      port,
      bytes: get.replace('PATH', '/ready'),
      until: (text) => text.endsWith(body),
    });
    expect(heads[200]?.pieces).toHaveLength(3);
    expect(received).toContain(date);
  });
});
