import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ListenError, listen } from '@tripod/shared/os/listen';
import { probeAddress } from '@tripod/shared/os/probe-address';
import { freePort } from '@tripod/testing/free-port';

/** Connects a client to each server that begins to listen on a port, before anything else happens. */
const withClients = async (port: number, run: () => Promise<void>): Promise<number> => {
  const clients: Socket[] = [];
  const onListening = (): void => {
    clients.push(connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined));
  };
  subscribe('tracing:net.server.listen:asyncEnd', onListening);
  try {
    await run();
    return clients.length;
  } finally {
    unsubscribe('tracing:net.server.listen:asyncEnd', onListening);
    for (const client of clients) client.destroy();
  }
};

describe('probeAddress', () => {
  it('returns although a client connects during the probe and never leaves', async () => {
    const port = await freePort();
    expect(await withClients(port, () => probeAddress({ host: '127.0.0.1', port }))).toBeGreaterThan(0);
  });

  it('throws a ListenError when the port is in use', async () => {
    const taken = await listen(createServer(), { host: '127.0.0.1', port: 0 });
    await expect(probeAddress({ host: '127.0.0.1', port: taken.port })).rejects.toThrow(ListenError);
    await taken.close();
  });
});

describe('listen', () => {
  it('fails although a client has connected when ::1 turns out to be in use', async () => {
    const taken = await listen(createServer(), { host: '::1', port: 0 });
    const failure = async (): Promise<void> => {
      const listening = listen(createServer(), { host: 'localhost', port: taken.port });
      await expect(listening).rejects.toThrow(`Port ${taken.port} is already in use`);
    };
    expect(await withClients(taken.port, failure)).toBeGreaterThan(0);
    await taken.close();
  });
});
