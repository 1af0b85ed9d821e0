import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ask } from '../support/ask.ts';
import { runNodeUpstream } from '../support/echo-upstream.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { residentBytes } from '../support/resident-bytes.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { standstill } from '../support/standstill.ts';
import { stopAll } from '../support/stop-all.ts';

const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterEach(killProxies);
afterEach(stopAll);

// The amount of garbage that V8 has not collected yet varies; what the engine keeps does not. One of three runs decides.
jest.retryTimes(2);

const clients = 500;
const size = 20_000_000;
const piece = Buffer.alloc(1024 * 1024, 'x');

describe('clients that do not read a large response, with the engine direct', () => {
  it('cost at most 128 KiB each', async () => {
    const senders = new Set<Socket>();
    const upstream = await runNodeUpstream(({ socket }, response) => {
      senders.add(socket);
      response.setHeader('Content-Length', size);
      let left = size;
      const more = (): void => {
        while (left > 0) {
          const bytes = piece.subarray(0, left);
          left -= bytes.length;
          if (!response.write(bytes)) return;
        }
        response.end();
      };
      response.on('drain', more);
      more();
    });
    const proxy = spawnProxy(proxyArgs('direct', [`/=${upstream.url}`]));
    const { port } = await addressesOf(proxy);
    for (let count = 0; count < 3; count += 1) expect((await ask({ port })).body).toHaveLength(size);
    const before = await residentBytes(proxy.pid);
    for (let count = 0; count < clients; count += 1) {
      const socket = connect(port, '127.0.0.1').pause();
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      opened.add(socket);
    }
    await standstill('the upstream to be held back', () =>
      senders.size < clients
        ? 0
        : [...senders].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0),
    );
    expect((await residentBytes(proxy.pid)) - before).toBeLessThan(clients * 131_072);
  });
});
