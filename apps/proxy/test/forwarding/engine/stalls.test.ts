import { execFile } from 'node:child_process';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/process/listen';
import { waitFor } from '@tripod/shared/testing/wait-for';
import { engineNames } from '../../../src/forwarding/engine-table.ts';
import { ask } from '../../support/ask.ts';
import { runNodeUpstream } from '../../support/echo-upstream.ts';
import { addressesOf, killProxies, spawnProxy } from '../../support/spawn-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';

afterEach(killProxies);
afterEach(stopAll);

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const size = 50 * mebibyte;
/** Five times 50 MiB would be 250: what is kept of them must stay far below. */
const mayGrow = 100 * mebibyte;

const residentBytes = async (pid: number): Promise<number> => {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout) * 1024;
};

/** Waits until a number has not changed for several looks: everybody waits for somebody. */
const standstill = async (what: string, read: () => number): Promise<void> => {
  let last = -1;
  let same = 0;
  await waitFor(
    what,
    () => {
      const now = read();
      same = now === last ? same + 1 : 0;
      last = now;
      return now > 0 && same >= 20;
    },
    30_000,
  );
};

describe.each(engineNames)('clients and upstreams that stand still with the engine %s', (engine) => {
  const start = async (url: string) => {
    const args = [
      '--port=0',
      '--admin-port=0',
      '--health-path=off',
      `--engine=${engine}`,
      `--max-body-bytes=${2 * size}`,
    ];
    const proxy = spawnProxy([...args, `--route=/=${url}`]);
    const { port } = await addressesOf(proxy);
    return { proxy, port };
  };

  it('keeps little of five answers of 50 MB that nobody reads', async () => {
    const sockets = new Set<Socket>();
    const upstream = await runNodeUpstream(({ socket, url }, response) => {
      sockets.add(socket);
      response.end(url === '/small' ? 'small' : Buffer.alloc(size, 'x'));
    });
    const { proxy, port } = await start(upstream.url);
    await ask({ port, path: '/small' });
    const before = await residentBytes(proxy.pid);
    const readers = Array.from({ length: 5 }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.pause();
      socket.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
      return socket;
    });
    const sent = (): number =>
      [...sockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
    await standstill('the upstream to stop sending', sent);
    expect((await residentBytes(proxy.pid)) - before).toBeLessThan(mayGrow);
    expect((await ask({ port, path: '/small' })).text).toBe('small');
    const [first] = readers;
    let received = 0;
    first?.on('data', (piece: Buffer) => {
      received += piece.length;
    });
    first?.resume();
    await waitFor('one of them to get all of it after all', () => received > size);
    for (const socket of readers) socket.destroy();
  }, 60_000);

  it('keeps little of five bodies of 50 MB that no upstream reads', async () => {
    const accepted = new Set<Socket>();
    const server = createTcpServer({ pauseOnConnect: true }, (socket) => {
      accepted.add(socket);
      socket.on('error', () => undefined);
    });
    const { url, close } = await listen(server, { host: '127.0.0.1', port: 0 });
    try {
      const { proxy, port } = await start(url);
      const before = await residentBytes(proxy.pid);
      const body = Buffer.alloc(mebibyte, 'x');
      const writers = Array.from({ length: 5 }, () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
        const more = (): void => {
          while (socket.writable && socket.write(body)) if (socket.bytesWritten > size) return;
        };
        socket.on('drain', more);
        more();
        return socket;
      });
      await standstill('the proxy to stop reading', () =>
        writers.reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0),
      );
      expect(writers.every(({ bytesWritten }) => bytesWritten < size)).toBe(true);
      expect((await residentBytes(proxy.pid)) - before).toBeLessThan(mayGrow);
      for (const socket of writers) socket.destroy();
    } finally {
      for (const socket of accepted) socket.destroy();
      await close();
    }
  }, 60_000);
});
