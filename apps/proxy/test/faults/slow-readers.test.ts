import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from '../support/ask.ts';
import { runNodeUpstream } from '../support/echo-upstream.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { inspected, retainedBytes } from '../support/retained-bytes.ts';
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
    const proxy = spawnProxy(proxyArgs('direct', [`/=${upstream.url}`]), { env: inspected });
    const { port } = await addressesOf(proxy);
    for (let count = 0; count < 3; count += 1) expect((await ask({ port })).body).toHaveLength(size);
    const before = await retainedBytes(proxy);
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
    const retained = async () => (await retainedBytes(proxy)) - before;
    // Each client has a pending write; less than this would mean that nothing was held back.
    expect(await retained()).toBeGreaterThan(clients * 16_384);
    // V8 frees the memory of collected buffers in the background.
    await waitFor('at most 128 KiB a client', async () => (await retained()) < clients * 131_072);
    for (const socket of opened) socket.destroy();
    await waitFor('the memory to be given back', async () => (await retained()) < clients * 16_384);
  });
});
