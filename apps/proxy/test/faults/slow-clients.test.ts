import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { startClients } from '../support/clients.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterEach(stopAll);

/** More than the kernel buffers between an upstream and a client that does not read. */
const large = Buffer.from(plainResponse('x'.repeat(8_000_000)));
const limitMs = 1500;

describe.each(engineNames)('slow clients of the engine %s', (engine) => {
  /** Sends these bytes and then nothing; reads on, or not at all. */
  const send = (port: number, bytes: string, reads: boolean) => {
    const socket = connect(port, '127.0.0.1');
    opened.add(socket);
    const client = { text: '', closed: false };
    socket.on('error', () => undefined);
    socket.once('close', () => {
      client.closed = true;
    });
    if (reads) {
      socket.on('data', (piece) => {
        client.text += piece.toString('latin1');
      });
    } else socket.pause();
    socket.write(bytes);
    return client;
  };
  const many = (count: number, port: number, bytes: string, reads = true) =>
    Array.from({ length: count }, () => send(port, bytes, reads));

  it('are cut off at their time limits (500 heads, 500 bodies, 100 readers) while others are served', async () => {
    const upstream = await runUpstream((socket, { target }) => {
      socket.write(target === '/large' ? large : plainResponse('hello'));
    });
    const proxy = await runProxy({
      engine,
      route: routeTo(upstream),
      clientHeadTimeoutMs: limitMs,
      clientBodyTimeoutMs: limitMs,
      idleTimeoutMs: limitMs,
      maxFails: 1,
      connectTimeoutMs: 30_000,
    });
    const { port, log } = proxy;
    const others = startClients({ count: 4, question: () => ({ port }) });
    const slow = [
      ...many(500, port, 'GET / HTTP/1.1\r\nHost: h\r\nX-'),
      ...many(500, port, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx'),
    ];
    many(100, port, 'GET /large HTTP/1.1\r\nHost: h\r\n\r\n', false);
    await waitFor('the end of all of them', () => {
      const readers = log.requests.filter(({ url }) => url === '/large');
      return readers.length === 100 && slow.every(({ closed }) => closed);
    });
    const answers = slow.map(({ text }) => parseRawResponse(text));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([408]));
    expect(new Set(answers.map(({ headers }) => headers['connection']))).toEqual(new Set(['close']));
    const readers = log.requests.filter(({ url }) => url === '/large');
    expect(new Set(readers.map(({ status }) => status))).toEqual(new Set([499]));
    const { requests, outcomes } = await others.stop();
    expect(outcomes).toEqual({ '200': requests });
    expect(requests).toBeGreaterThan(100);
    expect(await reportOf(proxy, upstream)).toMatchObject({ state: 'available', ejections: 0 });
    await waitFor('nothing in flight', async () => (await reportOf(proxy, upstream)).inFlight === 0);
  });
});
