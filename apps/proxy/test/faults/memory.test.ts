import { execFileSync, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { ask } from '../support/ask.ts';
import { runNodeUpstream } from '../support/echo-upstream.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { inspected, retainedBytes } from '../support/retained-bytes.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { standstill } from '../support/standstill.ts';
import { stopAll } from '../support/stop-all.ts';

afterEach(killProxies);
afterEach(stopAll);

const mebibyte = 1024 * 1024;
const size = 200 * mebibyte;
const users = 20;
const piece = Buffer.alloc(mebibyte, 'x');

/** Writes `size` bytes as fast as the other side reads. */
const pour = (sink: NodeJS.WritableStream, onEnd: () => void): void => {
  let left = size;
  const more = (): void => {
    while (left > 0) {
      left -= piece.length;
      if (!sink.write(piece)) return;
    }
    sink.off('drain', more);
    onEnd();
  };
  sink.on('drain', more);
  more();
};

const quiet = (socket: Socket): Socket => socket.on('error', () => undefined);

const start = async (engine: string, url: string) => {
  const proxy = spawnProxy(proxyArgs(engine, [`/=${url}`], `--max-body-bytes=${size}`), { env: inspected });
  const { port } = await addressesOf(proxy);
  return { proxy, port };
};

describe.each(engineNames)('the memory of the engine %s', (engine) => {
  it('grows by at most 60 MB for 20 stalled readers and 20 stalled writers of 200 MB each', async () => {
    const senders = new Set<Socket>();
    const accepted = new Set<Socket>();
    const upstream = await runNodeUpstream((request, response) => {
      const { socket, url, method } = request;
      if (url === '/small') {
        response.end('small');
        return;
      }
      if (method === 'POST') {
        accepted.add(socket);
        socket.pause();
        return;
      }
      senders.add(socket);
      response.setHeader('Content-Length', size);
      pour(response, () => response.end());
    });
    const { proxy, port } = await start(engine, upstream.url);
    expect((await ask({ port, path: '/small' })).text).toBe('small');
    const before = await retainedBytes(proxy);
    const clients: Socket[] = [];
    const open = (bytes: string): Socket => {
      const socket = quiet(connect(port, '127.0.0.1'));
      clients.push(socket);
      socket.write(bytes);
      return socket;
    };
    const readers = Array.from({ length: users }, () =>
      open('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n').pause(),
    );
    const writers = Array.from({ length: users }, () => {
      const socket = open(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
      pour(socket, () => undefined);
      return socket;
    });
    const sentBy = (sockets: Iterable<Socket>): number =>
      [...sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
    await waitFor('all at the upstream', () => senders.size === users && accepted.size === users);
    await standstill('all senders to be held back', () => sentBy(senders) + sentBy(writers));
    expect(sentBy(senders)).toBeLessThan(users * size);
    expect(sentBy(writers)).toBeLessThan(users * size);
    expect((await retainedBytes(proxy)) - before).toBeLessThan(60 * mebibyte);
    expect((await ask({ port, path: '/small' })).text).toBe('small');
    const [reader] = readers;
    let received = 0;
    reader?.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
    reader?.resume();
    await waitFor('a reader to receive its whole response', () => received > size);
    for (const socket of clients) socket.destroy();
  });
});

const clients = 10_000;
const idleClients = fileURLToPath(new URL('../support/idle-clients.ts', import.meta.url));
/** Each of the two processes holds one end of every connection. */
const mayOpen = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
const enough = mayOpen === 'unlimited' || Number(mayOpen) >= clients + 1000;

describe('the memory of the engine direct', () => {
  const itIfAllowed = enough ? it : it.skip;
  itIfAllowed(
    'is at most 200 MB with 10,000 idle clients (skipped where a process may not open 11,000 files)',
    async () => {
      const upstream = await runNodeUpstream((_request, response) => void response.end('small'));
      const { proxy, port } = await start('direct', upstream.url);
      const program = spawn(process.execPath, [idleClients, String(port), String(clients)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => program.once('close', resolve));
      try {
        let said = '';
        program.stdout.on('data', (bytes: Buffer) => {
          said += bytes.toString();
        });
        expect(await waitFor('all answers', () => said.endsWith('\n') && said)).toBe(
          'all have their answers\n',
        );
        expect(await retainedBytes(proxy)).toBeLessThan(200 * mebibyte);
        expect((await ask({ port })).text).toBe('small');
      } finally {
        program.kill('SIGKILL');
        await ended;
      }
    },
  );
});
