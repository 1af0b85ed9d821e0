import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { engineNames } from '../../../src/engine-table.ts';
import { ask } from '../../support/ask.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nX-Case: smuggled\r\n\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

/** A request with these framing lines, this body, and an id to find it by. */
type Case = {
  readonly name: string;
  readonly method: string;
  readonly lines: string;
  readonly body: string;
  readonly version?: string;
};

const codings = [
  'Transfer-Encoding: chunked',
  'transfer-encoding:chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked ',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding : chunked',
  ' Transfer-Encoding: chunked',
  'X: y\r\n Transfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
  'Transfer-Encoding: x, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding: chunked;a=b',
  'Transfer-Encoding: \x0bchunked',
  'Transfer-Encoding: chunked\x00',
  'Transfer_Encoding: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked',
  'Connection: Transfer-Encoding, upgrade\r\nUpgrade: x\r\nTransfer-Encoding: chunked',
  'Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked',
  'Expect: 100-continue\r\nTransfer-Encoding: chunked',
];

const lengths = (length: number): readonly string[] => [
  `Content-Length: ${length}`,
  `Content-Length: 0${length}`,
  `Content-Length: +${length}`,
  `Content-Length: ${length}, ${length}`,
  `Content-Length: ${length}\r\nContent-Length: 0`,
  `Content-Length : ${length}`,
  `Content-Length:\r\n ${length}`,
  `Content_Length: ${length}`,
  `Content-Length: ${length}\x00`,
  `Content-Length: 0x${length.toString(16)}`,
  `Connection: Content-Length\r\nContent-Length: ${length}`,
  `Connection: close, Content-Length\r\nContent-Length: ${length}`,
];

const many = (count: number): string => 'a:b\r\n'.repeat(count);

const cases: readonly Case[] = [
  ...['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'].flatMap((method): Case[] => [
    ...codings.map((lines) => ({ name: 'chunks', method, lines, body: chunk(hidden) })),
    ...lengths(hidden.length).map((lines) => ({ name: 'length', method, lines, body: hidden })),
    {
      name: 'CL.TE',
      method,
      lines: 'Content-Length: 5\r\nTransfer-Encoding: chunked',
      body: `0\r\n\r\n${hidden}`,
    },
    {
      name: 'TE.CL',
      method,
      lines: `Transfer-Encoding: chunked\r\nContent-Length: ${hidden.length}`,
      body: chunk(hidden),
    },
    {
      name: 'TE in 1.0',
      method,
      lines: 'Connection: keep-alive\r\nTransfer-Encoding: chunked',
      body: chunk(hidden),
      version: '1.0',
    },
    ...[90, 99, 999, 1500, 1999].map((count) => ({
      name: `${count} lines before the coding`,
      method,
      lines: `${many(count)}Transfer-Encoding: chunked`,
      body: chunk(hidden),
    })),
  ]),
  ...[
    '5;x=y\r\nhello',
    '5\nhello',
    '05\r\nhello',
    '5 \r\nhello',
    '5\t\r\nhello',
    '0x5\r\nhello',
    '5\r\nhello\n',
    '-1\r\n',
    'ffffffffffffffff1\r\n',
    '5;x="\n"\r\nhello',
    '5\r\nhelloXX',
  ].map((first) => ({
    name: `chunk ${JSON.stringify(first)}`,
    method: 'POST',
    lines: 'Transfer-Encoding: chunked',
    body: `${first}\r\n0\r\n\r\n${''}`,
  })),
  {
    name: 'trailer',
    method: 'POST',
    lines: 'Transfer-Encoding: chunked\r\nTrailer: Content-Length',
    body: `0\r\nContent-Length: 50\r\n\r\n`,
  },
];

describe.each(engineNames)('smuggling through the engine %s', (engine) => {
  it('reaches no upstream: each request there is one that the proxy has forwarded', async () => {
    const upstream = await runUpstream((socket, { method }) => {
      socket.write(plainResponse(method === 'HEAD' ? '' : 'ok'));
    });
    const proxy = await runProxy({ engine, route: routeTo(upstream) });
    const send = async ({ method, lines, body, version = '1.1' }: Case, id: number): Promise<void> => {
      const head = `${method} /case-${id} HTTP/${version}\r\nHost: a\r\nX-Request-Id: case-id-${id}\r\n${lines}\r\n\r\n`;
      const after = `GET /after-${id} HTTP/1.1\r\nHost: a\r\nX-Request-Id: after-id-${id}\r\nConnection: close\r\n\r\n`;
      await exchangeRaw({ port: proxy.port, bytes: head + body + after, halfClose: true });
    };
    const pending = [...cases.entries()];
    const worker = async (): Promise<void> => {
      for (let next = pending.pop(); next; next = pending.pop()) await send(next[1], next[0]);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    // The response to a smuggled request on a kept connection would go to the next request.
    for (let request = 0; request < 20; request += 1) expect((await ask(proxy)).text).toBe('ok');

    const known = new Map(
      proxy.log.requests.map(({ requestId, method, url }) => [requestId, `${method} ${url}`]),
    );
    const violations = upstream.requests
      .map(({ head, method, target }) => ({
        id: /\r\nx-request-id: *(\S+)/i.exec(head)?.[1] ?? 'none',
        asked: `${method} ${target}`,
      }))
      .filter(({ id, asked }) => known.get(id) !== asked);
    expect(violations).toEqual([]);
    // Plain framings were forwarded, so the check is not empty.
    expect(upstream.requests.length).toBeGreaterThan(50);
  });

  it.each(['DELETE', 'OPTIONS', 'GET', 'PUT', 'PATCH'])(
    'frames the chunked body of a %s again instead of leaving it for the next request (CVE-2026-29057)',
    async (method) => {
      const upstream = await runUpstream();
      const { port } = await runProxy({ engine, route: routeTo(upstream) });
      const bytes = `${method} /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunk(hidden)}`;
      await exchangeRaw({ port, bytes });
      expect(upstream.requests.map(({ target }) => target)).toEqual(['/a']);
      const head = upstream.requests[0]?.head ?? '';
      expect(head).toMatch(/\r\ntransfer-encoding: chunked\r\n/i);
      expect(head).not.toMatch(/\r\ncontent-length:/i);
      expect(upstream.received[0]).toContain(hidden);
    },
  );

  it('ignores bytes after a request with Connection: close', async () => {
    const upstream = await runUpstream();
    const { port, log } = await runProxy({ engine, route: routeTo(upstream) });
    const refused = 'POST /a/../b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';
    const text = await exchangeRaw({ port, bytes: refused + hidden + hidden });
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(log.requests.map(({ status }) => status)).toEqual([400]);
    expect(upstream.requests).toEqual([]);
  });
});
