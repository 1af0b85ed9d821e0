import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import { createFakeClock, type FakeClock } from '@tripod/testing/fake-clock';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';

const sockets: Socket[] = [];
const servers: StoppableServer[] = [];
/** Those that someone has connected to. */
const connected = new WeakSet<StoppableServer>();
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) {
    const stopped = server.stop({ drainDelayMs: 0 });
    server.server.closeAllConnections();
    await stopped;
  }
});

const start = async (listener: RequestListener, clock: FakeClock = createFakeClock()) => {
  const readiness = createReadiness();
  const server = createStoppableServer(listener, { readiness, clock });
  servers.push(server);
  server.server.once('connection', () => connected.add(server));
  // The test also expects connections to be refused, so no other server may take this port.
  const { port, url } = await server.listen({ host: 'localhost', port: await freePort() });
  return { server, readiness, clock, port, url };
};

/** A raw connection and what came back on it so far. */
const open = (port: number, host = '127.0.0.1') => {
  const socket = connect({ port, host });
  sockets.push(socket);
  let text = '';
  let ended = false;
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
  });
  return {
    ask: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`),
    closeSide: () => socket.end(),
    received: () => text,
    answered: (part: string) => waitFor(`"${part}"`, () => text.includes(part)),
    closed: () => waitFor('the connection to close', () => ended),
  };
};

/** Holds every request until the test releases it, except for the first part of /streamed. */
const holding = () => {
  const held: (() => void)[] = [];
  const listener: RequestListener = (request, response) => {
    if (request.url === '/streamed') response.write('the first part;');
    held.push(() => response.end('slow but whole'));
  };
  return { listener, held };
};

describe('createStoppableServer', () => {
  it.each(['127.0.0.1', '::1'])('answers on %s when it listens on localhost', async (host) => {
    const { port } = await start((_request, response) => void response.end('fine'));
    const client = open(port, host);
    client.ask('/');
    await client.answered('fine');
  });

  it.each(['127.0.0.1', '::1'])(
    'finishes a request in flight on %s, says Connection: close, then ends',
    async (host) => {
      const { listener, held } = holding();
      const { server, port } = await start(listener);
      const client = open(port, host);
      client.ask('/held');
      await waitFor('the request', () => held.length === 1);
      const stopped = server.stop({ drainDelayMs: 0 });
      held[0]?.();
      await client.answered('slow but whole');
      await client.closed();
      await stopped;
      expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(client.received()).toMatch(/\r\nConnection: close\r\n/i);
    },
  );

  it('answers a client that has half-closed the connection after its request', async () => {
    const { listener, held } = holding();
    const { port } = await start(listener);
    const client = open(port);
    client.ask('/held');
    client.closeSide();
    await waitFor('the request', () => held.length === 1);
    held[0]?.();
    await client.answered('slow but whole');
    await client.closed();
  });

  it('closes a connection that is idle between two requests', async () => {
    const { server, port } = await start((_request, response) => void response.end('fine'));
    const client = open(port);
    client.ask('/');
    await client.answered('fine');
    await server.stop({ drainDelayMs: 0 });
    await client.closed();
  });

  it.each(['127.0.0.1', '::1'])('closes a connection on %s that never sent anything', async (host) => {
    const { server, port, clock } = await start((_request, response) => void response.end('fine'));
    const client = open(port, host);
    await waitFor('the connection', () => connected.has(server));
    await server.stop({ drainDelayMs: 0, graceMs: 10_000 });
    await client.closed();
    expect(clock.waiting).toBe(0);
  });

  it('closes a connection whose answer had begun before the stop, once the answer is out', async () => {
    const { listener, held } = holding();
    const { server, port } = await start(listener);
    const client = open(port);
    client.ask('/streamed');
    await client.answered('the first part');
    const stopped = server.stop({ drainDelayMs: 0 });
    held[0]?.();
    await stopped;
    await client.closed();
    expect(client.received()).toMatch(/slow but whole\r\n0\r\n\r\n$/);
  });

  it('cuts requests that are still in flight when the grace period is over', async () => {
    const { listener, held } = holding();
    const { server, port, clock } = await start(listener);
    const client = open(port);
    client.ask('/held');
    await waitFor('the request', () => held.length === 1);
    let over = false;
    const stopped = server.stop({ drainDelayMs: 0, graceMs: 10_000 }).then(() => {
      over = true;
    });
    await waitFor('the grace to begin', () => clock.waiting === 1);
    clock.advance(9999);
    const other = open(port);
    await other.closed();
    expect(over).toBe(false);
    clock.advance(1);
    await stopped;
    await client.closed();
    expect(client.received()).toBe('');
    expect(clock.waiting).toBe(0);
  });

  it('goes on serving during the drain delay, not ready and with Connection: close', async () => {
    const readiness = createReadiness();
    const paths = createHealthPaths({ readiness, metrics: undefined });
    const clock = createFakeClock();
    const server = createStoppableServer(
      (request, response) => {
        const handler = paths.get(request.url ?? '');
        if (handler) handler(request, response);
        else response.end('fine');
      },
      { readiness, clock },
    );
    servers.push(server);
    const { url, port } = await server.listen({ host: 'localhost', port: await freePort() });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    const stopped = server.stop({ drainDelayMs: 2000 });
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({ status: 'not ready', reasons: { process: 'draining' } });
    const served = await fetch(`${url}/`);
    expect(await served.text()).toBe('fine');
    expect(served.headers.get('connection')).toBe('close');
    expect((await fetch(`${url}/livez`)).status).toBe(200);

    clock.advance(2000);
    await stopped;
    const late = open(port);
    await late.closed();
    expect(late.received()).toBe('');
  });

  it('stops once: later calls wait for the first', async () => {
    const { listener, held } = holding();
    const { server, port } = await start(listener);
    const client = open(port);
    client.ask('/held');
    await waitFor('the request', () => held.length === 1);
    const stops = [server.stop({ drainDelayMs: 0 }), server.stop({ drainDelayMs: 60_000 })];
    held[0]?.();
    await Promise.all(stops);
  });

  it('stops even when it never listened', async () => {
    const readiness = createReadiness();
    const server = createStoppableServer(() => undefined, { readiness, clock: createFakeClock() });
    await server.stop({ drainDelayMs: 1000 });
    expect(readiness.draining).toBe(true);
  });
});
