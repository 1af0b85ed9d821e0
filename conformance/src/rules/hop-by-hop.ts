import type { Case, Topic } from '../case/case.ts';
import { chunk, lastChunk, ok, respond, response } from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

/** A request header that must not reach the upstream. */
const dropped = (
  rule: string,
  send: string,
  lacks: readonly RegExp[],
  has: readonly (string | RegExp)[] = [],
): Case => ({
  rule,
  send,
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, lacks, has } },
});

/** A response header that must not reach the client. */
const droppedFromResponse = (
  rule: string,
  lines: readonly string[],
  lacks: readonly RegExp[],
  has: readonly (string | RegExp)[] = [],
): Case => ({
  rule,
  send: get(),
  upstreams: [[respond(ok('ok', lines))]],
  expect: { status: 200, body: 'ok', lacks, has },
});

export const hopByHop: Topic = {
  name: 'Hop by hop',
  cases: [
    dropped('Connection of a client is not passed on', get('Connection: X-Made-Up'), [
      /^connection: .*made-up/i,
    ]),
    dropped(
      'a header that Connection names is not passed on',
      get('Connection: X-Secret', 'X-Secret: 1', 'X-Open: 2'),
      [/^x-secret/],
      ['x-open: 2'],
    ),
    dropped(
      'every header in a Connection list is dropped',
      get('Connection: close-not, X-A,X-B', 'X-A: 1', 'X-B: 2'),
      [/^x-[ab]:/],
    ),
    dropped('Connection names headers in any letter case', get('Connection: x-SECRET', 'X-Secret: 1'), [
      /^x-secret/,
    ]),
    dropped(
      'Connection may come in several lines',
      get('Connection: X-A', 'Connection: X-B', 'X-A: 1', 'X-B: 2'),
      [/^x-[ab]:/],
    ),
    dropped(
      'a header before the Connection line that names it is dropped',
      get('X-A: 1', 'Connection: X-A'),
      [/^x-a:/],
    ),
    dropped('Connection does not remove the Host', get('Connection: Host'), [], ['host: a']),
    dropped(
      'Connection does not remove the Content-Length',
      post('hello', 'Connection: Content-Length'),
      [],
      ['content-length: 5'],
    ),
    dropped(
      'Connection does not remove the Transfer-Encoding',
      postChunks(`${chunk('hello')}${lastChunk}`, 'Connection: Transfer-Encoding'),
      [],
      [/^(transfer-encoding: chunked|content-length: 5)$/],
    ),
    dropped(
      'Connection does not remove credentials',
      get('Connection: Authorization, Cookie', 'Authorization: b', 'Cookie: c'),
      [],
      ['authorization: b', 'cookie: c'],
    ),
    dropped(
      'Connection does not remove what the proxy adds',
      get('Connection: X-Forwarded-For, X-Request-Id, Via'),
      [],
      [/^x-forwarded-for: ./, /^x-request-id: ./],
    ),
    dropped('Keep-Alive is not passed on', get('Keep-Alive: timeout=5'), [/^keep-alive/]),
    dropped('Proxy-Connection is not passed on', get('Proxy-Connection: keep-alive'), [/^proxy-connection/]),
    dropped('Proxy-Authorization is not passed on', get('Proxy-Authorization: Basic eDp5'), [
      /^proxy-authorization/,
    ]),
    dropped('TE is not passed on', get('TE: trailers, gzip'), [/^te:/]),
    dropped('Trailer is not passed on', get('Trailer: X-Any'), [/^trailer/]),
    dropped('Upgrade without Connection: Upgrade is not passed on', get('Upgrade: echo'), [/^upgrade/]),
    dropped('Expect is answered by the proxy and not passed on', post('hello', 'Expect: 100-continue'), [
      /^expect/,
    ]),
    dropped(
      'end-to-end headers are passed on',
      get(
        'Authorization: a',
        'Cookie: b=c',
        'Cache-Control: no-cache',
        'Range: bytes=0-1',
        'Accept-Encoding: br',
      ),
      [],
      [
        'authorization: a',
        'cookie: b=c',
        'cache-control: no-cache',
        'range: bytes=0-1',
        'accept-encoding: br',
      ],
    ),
    droppedFromResponse(
      'a response header that Connection names is not passed on',
      ['Connection: X-Secret', 'X-Secret: 1', 'X-Open: 2'],
      [/^x-secret/],
      ['x-open: 2'],
    ),
    droppedFromResponse(
      'a response header before the Connection line that names it is dropped',
      ['X-Secret: 1', 'Connection: close, X-Secret'],
      [/^x-secret/],
    ),
    droppedFromResponse(
      'Connection of a response does not remove the Content-Length',
      ['Connection: Content-Length'],
      [],
      ['content-length: 2'],
    ),
    droppedFromResponse(
      'Keep-Alive of a response is not passed on',
      ['Keep-Alive: timeout=77, max=3'],
      [/^keep-alive: timeout=77/],
    ),
    droppedFromResponse(
      'Proxy-Authenticate of a response is not passed on',
      ['Proxy-Authenticate: Basic'],
      [/^proxy-authenticate/],
    ),
    droppedFromResponse(
      'Proxy-Connection of a response is not passed on',
      ['Proxy-Connection: close'],
      [/^proxy-connection/],
    ),
    droppedFromResponse('Trailer of a response is not passed on', ['Trailer: X-Any'], [/^trailer/]),
    droppedFromResponse(
      'Upgrade of a response that switches nothing is not passed on',
      ['Upgrade: h2c', 'Connection: Upgrade'],
      [/^upgrade/],
    ),
    droppedFromResponse(
      'Set-Cookie lines stay separate and in order',
      ['Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2'],
      [],
      ['set-cookie: a=1; Path=/', 'set-cookie: b=2'],
    ),
    droppedFromResponse(
      'Date, Server, Location and ETag arrive unchanged',
      ['Date: Mon, 01 Jan 2024 00:00:00 GMT', 'Server: x', 'Location: http://in/side', 'ETag: W/"1"'],
      [],
      ['date: Mon, 01 Jan 2024 00:00:00 GMT', 'server: x', 'location: http://in/side', 'etag: W/"1"'],
    ),
    droppedFromResponse(
      'bytes outside ASCII in a response header are kept',
      ['X-Any: \xe4\xff'],
      [],
      ['x-any: \xe4\xff'],
    ),
    droppedFromResponse(
      'Warning and unknown headers are passed on',
      ['Warning: 110 - "x"', 'X-Unheard: 1', 'X-Unheard: 2'],
      [],
      ['warning: 110 - "x"', /^x-unheard: 1/],
    ),
    {
      rule: 'a response without a Date gets one',
      send: get(),
      upstreams: [[respond(response('200 OK', ['Content-Length: 2'], 'ok'))]],
      expect: { status: 200, has: [/^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/] },
    },
  ],
};
