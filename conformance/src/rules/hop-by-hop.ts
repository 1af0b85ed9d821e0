import type { Case, Topic } from '../case/case.ts';
import { chunk, lastChunk, ok, response, says } from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

/** A request header that must not reach the upstream. */
const kept = (
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
const keptBack = (
  rule: string,
  lines: readonly string[],
  lacks: readonly RegExp[],
  has: readonly (string | RegExp)[] = [],
): Case => ({
  rule,
  send: get(),
  upstreams: [[says(ok('ok', lines))]],
  expect: { status: 200, body: 'ok', lacks, has },
});

export const hopByHop: Topic = {
  name: 'Hop by hop',
  cases: [
    kept('Connection of a client ends here', get('Connection: X-Made-Up'), [/^connection: .*made-up/i]),
    kept(
      'a header that Connection names ends here',
      get('Connection: X-Secret', 'X-Secret: 1', 'X-Open: 2'),
      [/^x-secret/],
      ['x-open: 2'],
    ),
    kept(
      'every header of a list in Connection ends here',
      get('Connection: close-not, X-A,X-B', 'X-A: 1', 'X-B: 2'),
      [/^x-[ab]:/],
    ),
    kept('Connection names headers in any spelling', get('Connection: x-SECRET', 'X-Secret: 1'), [
      /^x-secret/,
    ]),
    kept(
      'Connection may come in several lines',
      get('Connection: X-A', 'Connection: X-B', 'X-A: 1', 'X-B: 2'),
      [/^x-[ab]:/],
    ),
    kept('a header named before it comes ends here too', get('X-A: 1', 'Connection: X-A'), [/^x-a:/]),
    kept('Connection does not take the Host away', get('Connection: Host'), [], ['host: a']),
    kept(
      'Connection does not take the length away',
      post('hello', 'Connection: Content-Length'),
      [],
      ['content-length: 5'],
    ),
    kept(
      'Connection does not take the coding away',
      postChunks(`${chunk('hello')}${lastChunk}`, 'Connection: Transfer-Encoding'),
      [],
      [/^(transfer-encoding: chunked|content-length: 5)$/],
    ),
    kept(
      'Connection does not take credentials away',
      get('Connection: Authorization, Cookie', 'Authorization: b', 'Cookie: c'),
      [],
      ['authorization: b', 'cookie: c'],
    ),
    kept(
      'Connection does not take away what the proxy adds',
      get('Connection: X-Forwarded-For, X-Request-Id, Via'),
      [],
      [/^x-forwarded-for: ./, /^x-request-id: ./],
    ),
    kept('Keep-Alive ends here', get('Keep-Alive: timeout=5'), [/^keep-alive/]),
    kept('Proxy-Connection ends here', get('Proxy-Connection: keep-alive'), [/^proxy-connection/]),
    kept('Proxy-Authorization ends here', get('Proxy-Authorization: Basic eDp5'), [/^proxy-authorization/]),
    kept('TE ends here', get('TE: trailers, gzip'), [/^te:/]),
    kept('Trailer ends here', get('Trailer: X-Any'), [/^trailer/]),
    kept('Upgrade without a Connection that says so ends here', get('Upgrade: echo'), [/^upgrade/]),
    kept('Expect is answered here and ends here', post('hello', 'Expect: 100-continue'), [/^expect/]),
    kept(
      'what is end to end goes on',
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
    keptBack(
      'a response header that Connection names ends here',
      ['Connection: X-Secret', 'X-Secret: 1', 'X-Open: 2'],
      [/^x-secret/],
      ['x-open: 2'],
    ),
    keptBack(
      'a response header named after it comes ends here too',
      ['X-Secret: 1', 'Connection: close, X-Secret'],
      [/^x-secret/],
    ),
    keptBack(
      'Connection of a response does not take the length away',
      ['Connection: Content-Length'],
      [],
      ['content-length: 2'],
    ),
    keptBack(
      'Keep-Alive of a response ends here',
      ['Keep-Alive: timeout=77, max=3'],
      [/^keep-alive: timeout=77/],
    ),
    keptBack(
      'Proxy-Authenticate of a response ends here',
      ['Proxy-Authenticate: Basic'],
      [/^proxy-authenticate/],
    ),
    keptBack('Proxy-Connection of a response ends here', ['Proxy-Connection: close'], [/^proxy-connection/]),
    keptBack('Trailer of a response ends here', ['Trailer: X-Any'], [/^trailer/]),
    keptBack(
      'Upgrade of a response that changes nothing ends here',
      ['Upgrade: h2c', 'Connection: Upgrade'],
      [/^upgrade/],
    ),
    keptBack(
      'cookies arrive one by one, in order',
      ['Set-Cookie: a=1; Path=/', 'Set-Cookie: b=2'],
      [],
      ['set-cookie: a=1; Path=/', 'set-cookie: b=2'],
    ),
    keptBack(
      'Date, Server, Location and ETag arrive as they were sent',
      ['Date: Mon, 01 Jan 2024 00:00:00 GMT', 'Server: x', 'Location: http://in/side', 'ETag: W/"1"'],
      [],
      ['date: Mon, 01 Jan 2024 00:00:00 GMT', 'server: x', 'location: http://in/side', 'etag: W/"1"'],
    ),
    keptBack('bytes beyond ASCII in a response header stay', ['X-Any: \xe4\xff'], [], ['x-any: \xe4\xff']),
    keptBack(
      'a warning of a cache and unknown headers arrive',
      ['Warning: 110 - "x"', 'X-Unheard: 1', 'X-Unheard: 2'],
      [],
      ['warning: 110 - "x"', /^x-unheard: 1/],
    ),
    {
      rule: 'a response without a Date gets one',
      send: get(),
      upstreams: [[says(response('200 OK', ['Content-Length: 2'], 'ok'))]],
      expect: { status: 200, has: [/^date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/] },
    },
  ],
};
