import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isPortFree } from '@tripod/shared/os/is-port-free';
import { listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';

describe('isPortFree', () => {
  it.each(['127.0.0.1', '::1'])('says that a port is taken while a server listens on %s', async (host) => {
    const port = await freePort();
    const listening = await listen(createServer(), { host, port });
    const whileTaken = await isPortFree(port);
    await listening.close();
    expect([whileTaken, await isPortFree(port)]).toEqual([false, true]);
  });

  it('returns although a client connects during the probe and never leaves', async () => {
    const port = await freePort();
    const clients: Socket[] = [];
    const connectToProbe = (): void => {
      clients.push(connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined));
    };
    subscribe('tracing:net.server.listen:asyncEnd', connectToProbe);
    try {
      expect(await isPortFree(port)).toBe(true);
      expect(clients.length).toBeGreaterThan(0);
    } finally {
      unsubscribe('tracing:net.server.listen:asyncEnd', connectToProbe);
      for (const client of clients) client.destroy();
    }
  });
});
