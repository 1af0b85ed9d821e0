import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { type RunOptions, routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterEach(stopAll);

const asks =
  'GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const agrees = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** Whether nothing listens on the port any more. */
const isRefused = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });

describe.each(engineNames)('a tunnel through the engine %s', (engine) => {
  /** A tunnel whose upstream follows nothing by itself. */
  const start = async (options: RunOptions = {}) => {
    const clock = createFakeClock();
    let far: Socket | undefined;
    let closed = false;
    const upstream = await runUpstream((socket) => {
      far = socket;
      opened.add(socket);
      socket.removeAllListeners('data');
      socket.allowHalfOpen = true;
      socket.resume();
      socket.write(agrees);
    });
    const proxy = await runProxy({ engine, route: routeTo(upstream), clock, ...options });
    const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    opened.add(client);
    let text = '';
    client.on('error', () => undefined);
    client.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    client.once('close', () => {
      closed = true;
    });
    client.write(asks);
    await waitFor('the tunnel', () => text.includes('101'));
    const { inFlight } = await reportOf(proxy, upstream);
    expect(inFlight).toBe(1);
    const expectClosed = async (): Promise<void> => {
      await waitFor('nothing in flight', async () => (await reportOf(proxy, upstream)).inFlight === 0);
      await waitFor('the upstream side to close', () => {
        // An upstream that has not ended learns by writing that the other end is closed.
        if (far?.writable) far.write('x');
        return upstream.open === 0;
      });
      client.end();
      await waitFor('the client side to close', () => closed);
    };
    return { clock, upstream, proxy, client, far: far as unknown as Socket, expectClosed, text: () => text };
  };

  it('closes 10 s after the client has ended, if the upstream does not follow', async () => {
    const { clock, client, upstream, far, expectClosed } = await start();
    client.end();
    await waitFor('the end at the upstream', () => far.readableEnded);
    clock.advance(9000);
    expect(upstream.open).toBe(1);
    clock.advance(1500);
    await expectClosed();
  });

  it('closes 10 s after the upstream has ended, if the client does not follow', async () => {
    const { clock, client, far, expectClosed } = await start();
    far.end();
    await waitFor('the end at the client', () => client.readableEnded);
    clock.advance(10_500);
    await expectClosed();
  });

  it('closes 10 s after the proxy was told to stop, if neither side ends it', async () => {
    const { clock, proxy, far, client } = await start();
    let isStopped = false;
    const stopping = proxy.stop().then(() => {
      isStopped = true;
    });
    await waitFor('the listener to refuse', () => {
      clock.advance(1);
      return isRefused(proxy.port);
    });
    clock.advance(9000);
    const isOver = (socket: Socket): boolean => socket.readableEnded || socket.destroyed;
    expect([isOver(far), isOver(client)]).toEqual([false, false]);
    clock.advance(1000);
    await waitFor('the tunnel to close', () => isOver(far) && isOver(client));
    far.destroy();
    client.destroy();
    await waitFor('the proxy to stop', () => {
      clock.advance(100);
      return isStopped;
    });
    await stopping;
  });

  it('stays open without bytes when no idle time-out is set', async () => {
    const { clock, upstream, client, far } = await start();
    clock.advance(3_600_000);
    client.write('still here');
    await waitFor('the bytes at the upstream', () => far.bytesRead > asks.length);
    expect(upstream.open).toBe(1);
  });

  it('closes when no byte has passed within the idle time-out', async () => {
    const { clock, client, far, upstream, expectClosed } = await start({ tunnelIdleTimeoutMs: 60_000 });
    clock.advance(50_000);
    const { bytesRead } = far;
    client.write('x');
    await waitFor('the byte at the upstream', () => far.bytesRead > bytesRead);
    clock.advance(50_000);
    expect(upstream.open).toBe(1);
    clock.advance(11_000);
    await waitFor('the end at the client', () => client.readableEnded);
    clock.advance(10_500);
    await expectClosed();
  });
});
