import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { metricOf, reportOf } from '../support/admin.ts';
import { ask } from '../support/ask.ts';
import { runNodeUpstream } from '../support/echo-upstream.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { inspected, retainedBytes } from '../support/retained-bytes.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { standstill } from '../support/standstill.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterEach(killProxies);
afterEach(stopAll);

const mebibyte = 1024 * 1024;
/** Many times what the kernel holds on both sides of a connection. */
const offeredBytes = 64 * mebibyte;
const mayGrow = 48 * mebibyte;

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;

const open = (port: number): Socket => {
  const socket = connect(port, '127.0.0.1');
  opened.add(socket);
  return socket.on('error', () => undefined);
};

/** Writes the request again and again, as fast as it is taken, without reading responses. */
const pipeline = (port: number, request: string): Socket => {
  const socket = open(port).pause();
  // Small, because the progress of a write shows only when all of it has been taken.
  const piece = Buffer.from(request.repeat(Math.ceil(16_384 / request.length)));
  let offered = 0;
  const more = (): void => {
    while (offered < offeredBytes) {
      offered += piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('drain', more);
  more();
  return socket;
};

describe.each(engineNames)('clients that pipeline through the engine %s', (engine) => {
  it.each([
    ['errors of the proxy', '/livez'],
    ['small responses of an upstream', '/small'],
    ['responses of 16 KB', '/large'],
    ['a response that does not come', '/silent'],
  ])('are not read while they do not take %s, and memory stays bounded', async (_what, path) => {
    const large = 'x'.repeat(16_000);
    const upstream = await runNodeUpstream(({ url }, response) => {
      if (url !== '/silent') response.end(url === '/large' ? large : 'small');
    });
    const proxy = spawnProxy(proxyArgs(engine, [`/=${upstream.url}`]), { env: inspected });
    const { port } = await addressesOf(proxy);
    for (let count = 0; count < 50; count += 1) await ask({ port, path: '/small' });
    const before = await retainedBytes(proxy);
    const socket = pipeline(port, get(path));
    const taken = (): number => socket.bytesWritten - socket.writableLength;
    // A busy proxy takes nothing for a while, too: the client is held back if an answer to another changes nothing.
    for (let last = -1; last !== taken(); ) {
      await standstill('the client to be held back', taken);
      last = taken();
      await ask({ port, path: '/small' });
    }
    expect(taken()).toBeLessThan(offeredBytes / 2);
    expect((await retainedBytes(proxy)) - before).toBeLessThan(mayGrow);
    expect((await ask({ port, path: '/small' })).text).toBe('small');
  });

  it('receive every response in order when they read again', async () => {
    const upstream = await runUpstream((socket, { target }) => void socket.write(plainResponse(target)));
    const { port } = await runProxy({ engine, route: routeTo(upstream) });
    const socket = open(port).pause();
    const count = 4000;
    // Every other request gets a 404 of the proxy itself.
    for (let number = 0; number < count; number += 1)
      socket.write(get(number % 2 === 0 ? `/${number}` : '/livez'));
    socket.write('GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    let text = '';
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
    });
    await waitFor('all requests to be taken', () => socket.writableLength === 0);
    socket.resume();
    await waitFor('the last response', () => text.endsWith('/last'));
    const statuses = text.match(/HTTP\/1\.1 \d+/g) ?? [];
    expect(statuses).toHaveLength(count + 1);
    expect(statuses.filter((status) => status === 'HTTP/1.1 404')).toHaveLength(count / 2);
    const targets = [...text.matchAll(/\r\n\r\n\/(\d+)/g)].map(([, number]) => Number(number));
    expect(targets).toEqual(Array.from({ length: count / 2 }, (_, index) => index * 2));
  });

  it('and do not read are cut off at the idle time-out, and no upstream is blamed', async () => {
    const large = plainResponse('x'.repeat(16_000));
    const upstreams = await Promise.all(
      [1, 2, 3].map(() => runUpstream((socket) => void socket.write(large))),
    );
    const proxy = await runProxy({
      engine,
      route: routeTo(...upstreams),
      maxFails: 1,
      responseTimeoutMs: 300,
      idleTimeoutMs: 1500,
    });
    for (let client = 0; client < 3; client += 1) open(proxy.port).pause().write(get('/').repeat(2000));
    await waitFor(
      'all of them to be held back or served',
      async () => (await metricOf(proxy, 'tripod_connections_open')) === 3,
    );
    await waitFor(
      'all of them to be cut off',
      async () => (await metricOf(proxy, 'tripod_connections_open')) === 0,
    );
    for (const upstream of upstreams)
      expect(await reportOf(proxy, upstream)).toMatchObject({ failures: 0, ejections: 0, inFlight: 0 });
    expect((await ask(proxy)).status).toBe(200);
  });
});
