/** Receives log lines over TCP and appends them to a file: `log-receiver.ts PORT FILE`. */
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';

const [port, file = ''] = process.argv.slice(2);
const log = createWriteStream(file, { flags: 'a' });
const server = createServer((socket) => {
  socket.on('error', () => undefined).pipe(log, { end: false });
});
server.listen({ port: Number(port), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
