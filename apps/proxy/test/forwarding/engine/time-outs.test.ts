import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { takeUnresponsivePort } from '@tripod/testing/unresponsive-port';
import { waitFor } from '@tripod/testing/wait-for';
import type { ProxySettings } from '../../../src/config.ts';
import { engineNames } from '../../../src/engine-table.ts';
import { ask, json } from '../../support/ask.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const silent = (): void => undefined;

describe.each(engineNames)('time-outs of the engine %s', (engine) => {
  const over = (upstreams: readonly { readonly url: string }[], settings: Partial<ProxySettings>) =>
    runProxy({ engine, route: routeTo(...upstreams), ...settings });

  const statusOf = (text: string): number => parseRawResponse(text).status;

  it.each([
    ['no byte at all', []],
    ['half a head', ['GET / HTTP/1.1\r\nHost: h\r\nX-']],
    ['a head that trickles', ['GET / HTTP/1.1\r\n', 'Host: h\r\n', 'X: y\r\n']],
  ])('answers 408 to %s, and closes the connection', async (_what, bytes) => {
    const { port } = await over([await runUpstream()], { clientHeadTimeoutMs: 300 });
    expect(statusOf(await exchangeRaw({ port, bytes }))).toBe(408);
  });

  it('answers 408 to an incomplete second head', async () => {
    const { port } = await over([await runUpstream()], { clientHeadTimeoutMs: 300 });
    const bytes = ['GET / HTTP/1.1\r\nHost: h\r\n\r\n', 'GET / HTTP/1.1\r\nHo'];
    const text = await exchangeRaw({ port, bytes });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408']);
  });

  it.each([
    ['no byte', ''],
    ['one byte', 'x'],
    ['one full read', 'x'.repeat(65_536)],
    ['more than all buffers hold', 'x'.repeat(700_000)],
  ])('answers 408 when only %s of a body arrives, without ejecting an upstream', async (_what, beginning) => {
    const upstreams = [await runUpstream(silent), await runUpstream(silent)];
    const { port, log } = await over(upstreams, {
      clientBodyTimeoutMs: 300,
      responseTimeoutMs: 300,
      maxFails: 1,
    });
    const bytes = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n${beginning}`;
    const texts = await Promise.all([exchangeRaw({ port, bytes }), exchangeRaw({ port, bytes })]);
    for (const answer of texts.map(parseRawResponse)) {
      expect(answer.status).toBe(408);
      expect(answer.headers['connection']).toBe('close');
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'REQUEST_TIMEOUT' });
    }
    expect(log.count('upstream server temporarily disabled')).toBe(0);
    await waitFor('the upstreams to be let go', () => upstreams.every(({ open }) => open === 0));
  });

  it('accepts a slow body as long as bytes keep arriving', async () => {
    const { port } = await over([await runUpstream()], { clientBodyTimeoutMs: 600, responseTimeoutMs: 600 });
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString();
    });
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n');
    let sent = 0;
    const timer = setInterval(() => {
      sent += 1;
      socket.write('x');
      if (sent === 10) clearInterval(timer);
    }, 150);
    await waitFor('the answer', () => text.includes('hello'));
    socket.destroy();
  });

  it('answers 504 when no response head arrives, and aborts the request', async () => {
    const upstream = await runUpstream(silent);
    const { port } = await over([upstream], { responseTimeoutMs: 200 });
    for (const method of ['GET', 'POST']) {
      const { code, status, detail } = json(await ask({ port, method }));
      expect({ code, status }).toEqual({ code: 'PROXY_UPSTREAM_TIMEOUT', status: 504 });
      if (method === 'GET') expect(detail).toBeUndefined();
      else expect(detail).toMatch(/may have been carried out/);
    }
    await waitFor('the upstream to be let go', () => upstream.open === 0);
  });

  it('retries a GET when no response head arrives, and never a POST', async () => {
    const slow = await runUpstream(silent);
    const { port } = await over([slow, await runUpstream()], { responseTimeoutMs: 200 });
    for (let request = 0; slow.requests.length === 0 && request < 4; request += 1) {
      expect((await ask({ port })).text).toBe('hello');
    }
    expect(slow.requests).toHaveLength(1);
    const statuses = [await ask({ port, method: 'POST' }), await ask({ port, method: 'POST' })];
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 504]);
  });

  it('answers 504 when no connection is made, and retries any method at the next upstream', async () => {
    const stuck = await takeUnresponsivePort();
    try {
      const alone = await over([stuck], { connectTimeoutMs: 200 });
      const answer = await ask({ port: alone.port, method: 'POST', body: 'x' });
      const { code, status, detail } = json(answer);
      // Nothing was sent, so there is no doubt about the effect.
      const nothing = { code: 'PROXY_UPSTREAM_TIMEOUT', status: 504, detail: undefined };
      expect({ code, status, detail }).toEqual(nothing);
      const { port, log } = await over([stuck, await runUpstream()], { connectTimeoutMs: 200 });
      for (let request = 0; request < 2; request += 1) {
        expect((await ask({ port, method: 'POST', body: 'x' })).text).toBe('hello');
      }
      await waitFor('the lines in the log', () => log.requests.length === 2);
      expect(log.requests.map(({ upstreamStatus }) => upstreamStatus)).toContain('connect-timeout, 200');
    } finally {
      stuck.release();
    }
  });

  it('cuts off a stalled response', async () => {
    const upstream = await runUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    });
    const { port, log } = await over([upstream], { idleTimeoutMs: 200 });
    await expect(ask({ port })).rejects.toThrow();
    await waitFor('the upstream to be let go', () => upstream.open === 0);
    await waitFor('the line in the log', () => log.requests.length === 1);
    expect(log.requests[0]).toMatchObject({ status: 200, upstreamStatus: '200 broke off' });
  });

  it('cuts off a client that does not read its answer, and logs 499', async () => {
    const upstream = await runUpstream((socket) => void socket.write(plainResponse('x'.repeat(20_000_000))));
    const { port, log } = await over([upstream], { idleTimeoutMs: 200 });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await waitFor('the line in the log', () => log.requests.length === 1);
    expect(log.requests[0]).toMatchObject({ status: 499 });
    socket.destroy();
  });

  it('closes idle client connections', async () => {
    const { port } = await over([await runUpstream()], { clientKeepAliveMs: 200 });
    const text = await exchangeRaw({ port, bytes: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' });
    expect(text).toContain('hello');
  });

  it('closes idle upstream connections', async () => {
    const upstream = await runUpstream();
    const { port } = await over([upstream], { upstreamKeepAliveMs: 300 });
    await ask({ port });
    expect(upstream.open).toBe(1);
    await waitFor('the idle connection to be closed', () => upstream.open === 0);
  });
});
