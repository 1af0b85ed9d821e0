import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse, type UpstreamScript } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { metricOf, reportOf } from '../support/admin.ts';
import { ask } from '../support/ask.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
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
const agrees =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

type UpstreamWords = {
  /** Sent in one packet with the response. */
  readonly first?: string;
  /** Sent after the client has ended. */
  readonly lastWord?: string;
};

/** A client that requested an upgrade, and what it received. */
const upgrade = (port: number, bytes = asks) => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  opened.add(socket);
  const heard = { text: '', ended: false, closed: false };
  socket.on('error', () => undefined);
  socket.on('data', (piece) => {
    heard.text += piece.toString('latin1');
  });
  socket.once('end', () => {
    heard.ended = true;
  });
  socket.once('close', () => {
    heard.closed = true;
  });
  socket.write(bytes);
  return { socket, heard };
};

describe.each(engineNames)('upgrades through the engine %s', (engine) => {
  /** An upstream that accepts upgrades, and keeps its sockets and what they received. */
  const start = async ({ first = agrees, lastWord }: UpstreamWords = {}) => {
    const tunnels: { readonly socket: Socket; said: string; ended: boolean }[] = [];
    const script: UpstreamScript = (socket, { target }) => {
      if (target !== '/chat') {
        socket.write(plainResponse('hello'));
        return;
      }
      const tunnel = { socket, said: '', ended: false };
      tunnels.push(tunnel);
      socket.removeAllListeners('data');
      socket.allowHalfOpen = lastWord !== undefined;
      socket.on('data', (piece) => {
        tunnel.said += piece.toString('latin1');
      });
      socket.once('end', () => {
        tunnel.ended = true;
        if (lastWord !== undefined) socket.end(lastWord);
      });
      socket.write(first, 'latin1');
    };
    const upstream = await runUpstream(script);
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxFails: 1 });
    const expectNothingLeft = async (): Promise<void> => {
      await waitFor('the upstream to be let go', () => upstream.open === 0);
      await waitFor('nothing in flight', async () => (await reportOf(proxy, upstream)).inFlight === 0);
      expect(await metricOf(proxy, 'http_requests_in_flight')).toBe(0);
      expect((await ask(proxy)).text).toBe('hello');
    };
    return { upstream, proxy, tunnels, expectNothingLeft };
  };
  const connected = async (words: UpstreamWords = {}) => {
    const parts = await start(words);
    const client = upgrade(parts.proxy.port);
    await waitFor('the answer', () => client.heard.text.includes('\r\n\r\n'));
    const [tunnel] = parts.tunnels;
    if (!tunnel) throw new Error('the upstream was not asked');
    return { ...parts, ...client, tunnel };
  };

  it('passes on the request and the answer with their upgrade headers, and no other hop-by-hop headers', async () => {
    const { heard, upstream, proxy } = await connected();
    expect(upstream.requests[0]?.head).toMatch(/^GET \/chat HTTP\/1\.1\r\n/);
    const asked = parseRawResponse(upstream.requests[0]?.head ?? '').headers;
    expect(asked).toMatchObject({
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    });
    expect(asked['connection']?.toLowerCase()).toBe('upgrade');
    const answer = parseRawResponse(heard.text);
    expect(answer.status).toBe(101);
    expect(answer.headers).toMatchObject({
      upgrade: 'websocket',
      'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    });
    expect(answer.headers['connection']?.toLowerCase()).toBe('upgrade');
    expect(await reportOf(proxy, upstream)).toMatchObject({ inFlight: 1 });
  });

  it('relays arbitrary bytes in both directions as they arrive', async () => {
    const { socket, heard, tunnel } = await connected();
    const { length } = heard.text;
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
    for (let turn = 1; turn <= 5; turn += 1) {
      socket.write(bytes, 'latin1');
      await waitFor('the bytes at the upstream', () => tunnel.said === bytes.repeat(turn));
      tunnel.socket.write(bytes, 'latin1');
      await waitFor('the bytes at the client', () => heard.text.slice(length) === bytes.repeat(turn));
    }
  });

  it('loses nothing when megabytes are sent in both directions to readers that pause', async () => {
    const { socket, heard, tunnel } = await connected();
    const { length } = heard.text;
    const many = 'x'.repeat(8_000_000);
    socket.pause();
    tunnel.socket.pause();
    socket.write(many, 'latin1');
    tunnel.socket.write(many, 'latin1');
    expect(heard.text.length - length).toBeLessThan(many.length);
    expect(tunnel.said.length).toBeLessThan(many.length);
    socket.resume();
    tunnel.socket.resume();
    await waitFor('all at the upstream', () => tunnel.said.length === many.length);
    await waitFor('all at the client', () => heard.text.length - length === many.length);
  });

  it('passes on bytes that arrive together with the request and with the answer', async () => {
    const { proxy, tunnels } = await start({ first: `${agrees}early bytes` });
    const { heard } = upgrade(proxy.port, `${asks}early bytes`);
    await waitFor('the words at the client', () => heard.text.endsWith('\r\n\r\nearly bytes'));
    await waitFor('the bytes at the upstream', () => tunnels[0]?.said === 'early bytes');
  });

  it('ends at the client after the last bytes when the upstream ends', async () => {
    const { heard, socket, tunnel, expectNothingLeft, proxy } = await connected();
    tunnel.socket.end('bye');
    await waitFor('the end', () => heard.ended);
    expect(heard.text.endsWith('bye')).toBe(true);
    socket.end();
    await waitFor('the close', () => heard.closed);
    await expectNothingLeft();
    expect(proxy.log.requests[0]).toMatchObject({ status: 101 });
  });

  it('ends at the upstream after the last bytes when the client ends', async () => {
    const { heard, socket, tunnel, expectNothingLeft } = await connected({ lastWord: 'bye too' });
    socket.end('bye');
    await waitFor('the end', () => tunnel.ended);
    expect(tunnel.said).toBe('bye');
    await waitFor('the close', () => heard.closed);
    expect(heard.text.endsWith('bye too')).toBe(true);
    await expectNothingLeft();
  });

  it.each(['client', 'upstream'] as const)('closes on both sides when the %s resets', async (who) => {
    const { heard, socket, tunnel, expectNothingLeft, proxy } = await connected();
    (who === 'client' ? socket : tunnel.socket).resetAndDestroy();
    await waitFor('the end', () => heard.ended || heard.closed);
    socket.destroy();
    await expectNothingLeft();
    expect(proxy.log.count('upstream server temporarily disabled')).toBe(0);
  });

  it('leaves nothing behind when 50 clients disconnect at once', async () => {
    const { proxy, tunnels, expectNothingLeft } = await start();
    const clients = Array.from({ length: 50 }, () => upgrade(proxy.port));
    await waitFor('all to be connected', () => clients.every(({ heard }) => heard.text.includes('\r\n\r\n')));
    expect(tunnels).toHaveLength(50);
    expect(await metricOf(proxy, 'http_requests_in_flight')).toBe(50);
    for (const { socket } of clients) socket.resetAndDestroy();
    await expectNothingLeft();
  });

  it('is refused when the upstream answers with another status, and the connection stays open', async () => {
    const upstream = await runUpstream((socket) => {
      socket.write(plainResponse('not here', '403 Forbidden'));
    });
    const { port } = await runProxy({ engine, route: routeTo(upstream) });
    const bytes = `${asks}GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`;
    const text = await exchangeRaw({ port, bytes });
    expect(text.match(/HTTP\/1\.1 403 Forbidden/g)).toHaveLength(2);
    expect(text.match(/not here/g)).toHaveLength(2);
    expect(text).not.toMatch(/upgrade/i);
  });

  it('is aborted at the upstream when the client disconnects before the 101', async () => {
    const upstream = await runUpstream(() => undefined);
    const proxy = await runProxy({ engine, route: routeTo(upstream) });
    const { socket } = upgrade(proxy.port);
    await waitFor('the request', () => upstream.requests.length === 1);
    socket.resetAndDestroy();
    await waitFor('the upstream to be let go', () => upstream.open === 0);
    await waitFor('the line in the log', () => proxy.log.requests.length === 1);
    expect(proxy.log.requests[0]).toMatchObject({ status: 499 });
    expect((await reportOf(proxy, upstream)).inFlight).toBe(0);
  });

  it('is retried at the next upstream when the first one fails', async () => {
    const broken = await runUpstream((socket) => void socket.resetAndDestroy());
    const good = await runUpstream((socket) => void socket.write(agrees));
    const { port } = await runProxy({ engine, route: routeTo(broken, good) });
    for (let client = 0; broken.requests.length === 0 && client < 4; client += 1) {
      const { heard } = upgrade(port);
      await waitFor('the answer', () => heard.text.startsWith('HTTP/1.1 101 '));
    }
    expect(broken.requests).toHaveLength(1);
  });
});
