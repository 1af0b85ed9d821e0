import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse, type RawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { createSite, type Site } from './support/site.ts';
import { type SpawnedServer, spawnServer } from './support/spawn-server.ts';

const mebibyte = 1024 * 1024;
const canMeasure = existsSync('/proc/self/status') || process.env['CI'] === 'true';

let site: Site;
let server: SpawnedServer | undefined;
const sockets: Socket[] = [];

beforeAll(() => {
  site = createSite();
  for (let file = 0; file < 200; file += 1) site.writeSparse(`slow-${file}.bin`, 8 * mebibyte, 'the end');
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.kill();
  server = undefined;
});

afterAll(() => site.remove());

const open = (port: number): Socket => {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
  sockets.push(socket);
  return socket;
};

const ask = async (port: number, path: string): Promise<RawResponse> =>
  parseRawResponse(
    await exchangeRaw({ port, bytes: `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n` }),
  );

describe('clients that do not read', () => {
  (canMeasure ? it : it.skip)(
    'do not make the server keep their 200 responses of 8 MiB in memory (skipped without /proc)',
    async () => {
      server = await spawnServer(['--path', site.root, '--max-memory-mb', '32']);
      const { port, residentMb } = server;
      const idleMb = residentMb();
      let started = 0;
      for (let file = 0; file < 200; file += 1) {
        const socket = open(port);
        socket.once('readable', () => {
          started += 1;
        });
        socket.write(`GET /slow-${file}.bin HTTP/1.1\r\nHost: x\r\n\r\n`);
      }
      await waitFor('all responses to start', () => started === 200);
      expect(server.peakMb() - idleMb).toBeLessThan(32 + 80);
      expect((await ask(port, '/style.css')).body).toBe('body { color: red }');
      const [first] = sockets;
      let received = 0;
      first?.on('data', (piece: Buffer) => {
        received += piece.length;
      });
      await waitFor('the rest of one response', () => received > 8 * mebibyte);
    },
  );
});

describe('a limit of 64 open files', () => {
  it('makes files busy for many clients with 503, until the clients have left', async () => {
    server = await spawnServer(['--path', site.root, '--max-memory-mb', '1'], { maxOpenFiles: 64 });
    const { port, child } = server;
    await ask(port, '/style.css');
    const kept = open(port);
    let received = '';
    kept.setEncoding('latin1').on('data', (piece: string) => {
      received += piece;
    });
    const askOnKeptConnection = async (path: string, range = ''): Promise<RawResponse> => {
      received = '';
      kept.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${range}\r\n`);
      await waitFor('a response', () => {
        const { headers, body } = parseRawResponse(received);
        return received.includes('\r\n\r\n') && body.length >= Number(headers['content-length'] ?? 0);
      });
      return parseRawResponse(received);
    };
    expect((await askOnKeptConnection('/style.css')).status).toBe(200);
    // Too large for the memory limit, so each request opens it.
    const part = 'Range: bytes=0-0\r\n';
    expect((await askOnKeptConnection('/slow-0.bin', part)).status).toBe(206);
    for (let client = 0; client < 100; client += 1) open(port);
    const refused = await waitFor('a file that cannot be opened', async () => {
      // Another client each time: connections beyond the limit are refused, and one descriptor may be free again.
      open(port);
      const answer = await askOnKeptConnection('/slow-0.bin', part);
      return answer.status === 503 && answer;
    });
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'STATIC_BUSY' });
    expect(refused.headers['retry-after']).toBe('1');
    expect((await askOnKeptConnection('/style.css')).body).toBe('body { color: red }');
    for (const socket of sockets) if (socket !== kept) socket.destroy();
    await waitFor('the file', async () => (await askOnKeptConnection('/slow-0.bin', part)).status === 206);
    await waitFor('a new client', async () => (await ask(port, '/folder/inner.txt')).body === 'inner');
    expect(child.exitCode).toBeNull();
  });
});
