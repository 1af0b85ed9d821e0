import type { Case, Topic } from '../case/case.ts';
import { sendText, waitForAnswers } from '../case/steps.ts';
import { ok, respond, response } from '../case/upstream-scripts.ts';
import { get } from '../wire/request-text.ts';

const forwards = (
  rule: string,
  lines: readonly string[],
  has: readonly (string | RegExp)[],
  lacks: readonly RegExp[] = [],
  more: Partial<Case> = {},
): Case => ({
  rule,
  send: get(...lines),
  expect: { status: 200, upstream: { requests: 1, has, lacks } },
  ...more,
});

const trusting: Partial<Case> = { setting: 'trusted-proxy' };
const spoofed = /6\.6\.6\.6/;

export const forwardedHeaders: Topic = {
  name: 'Forwarded headers and ids',
  cases: [
    forwards(
      'sends the client address, the requested host and the scheme upstream',
      [],
      ['x-forwarded-for: 127.0.0.1', 'x-forwarded-proto: http', 'x-forwarded-host: a'],
    ),
    forwards(
      'overwrites X-Forwarded-For of a client',
      ['X-Forwarded-For: 6.6.6.6'],
      ['x-forwarded-for: 127.0.0.1'],
      [spoofed],
    ),
    forwards(
      'overwrites X-Forwarded-For in several lines',
      ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 7.7.7.7'],
      ['x-forwarded-for: 127.0.0.1'],
      [spoofed, /7\.7/],
    ),
    forwards(
      'overwrites X-Forwarded-For in any letter case',
      ['x-FORWARDED-for: 6.6.6.6'],
      ['x-forwarded-for: 127.0.0.1'],
      [spoofed],
    ),
    forwards(
      'drops X_Forwarded_For, which some servers read as dashes',
      ['X_Forwarded_For: 6.6.6.6'],
      [],
      [spoofed],
    ),
    forwards(
      'overwrites X-Forwarded-Proto of a client',
      ['X-Forwarded-Proto: https'],
      ['x-forwarded-proto: http'],
    ),
    forwards(
      'overwrites X-Forwarded-Host of a client',
      ['X-Forwarded-Host: evil'],
      ['x-forwarded-host: a'],
      [/evil/],
    ),
    forwards('drops X-Forwarded-Port of a client', ['X-Forwarded-Port: 6666'], [], [/6666/]),
    forwards('drops X-Real-IP of a client', ['X-Real-IP: 6.6.6.6'], [], [spoofed]),
    forwards('drops Forwarded of a client', ['Forwarded: for=6.6.6.6'], [], [spoofed]),
    forwards('passes the Host of the client on', [], ['host: a'], [/^host: 127/]),
    forwards(
      'drops every other X-Forwarded header of a client',
      ['X-Forwarded-Prefix: /evil', 'X-Forwarded-User: evil', 'X_Forwarded_Ssl: evil'],
      [],
      [/evil/],
    ),
    forwards('adds itself to Via', [], [/^via: 1\.1 \S+$/]),
    forwards(
      'appends itself to the Via of a request (RFC 9110 7.6.3)',
      ['Via: 1.0 edge', 'Via: 2 cdn'],
      ['via: 1.0 edge', 'via: 2 cdn', /^via: 1\.1 tripod-[0-9a-f]{8}$/],
    ),
    {
      rule: 'appends itself to the Via of a response (RFC 9110 7.6.3)',
      send: get(),
      upstreams: [[respond(ok('x', ['Via: 1.1 origin']))]],
      expect: { status: 200, has: ['via: 1.1 origin', /^via: 1\.1 tripod-[0-9a-f]{8}$/] },
    },
    {
      rule: 'refuses a request that has passed the proxy twice before with 508 (RFC 9110 7.6.3)',
      steps: [
        sendText(get()),
        waitForAnswers(1),
        async (stage) => {
          const via =
            stage.answers().answers[0]?.lines.find((line) => line.startsWith('via: ')) ?? 'via: 1.1 none';
          await stage.write(get(via, via));
        },
      ],
      expect: { status: [200, 508], upstream: { requests: 1 } },
      ours: { code: 'PROXY_LOOP' },
    },
    {
      rule: 'a Location that is a path leads through the route',
      send: get(),
      upstreams: [[respond(response('302 Found', ['Location: /pics/', 'Content-Length: 0'], ''))]],
      expect: { status: 302, has: [/^location: \/[^/]+\/pics\/$/] },
    },
    forwards(
      'appends to X-Forwarded-For of a trusted proxy',
      ['X-Forwarded-For: 6.6.6.6'],
      ['x-forwarded-for: 6.6.6.6, 127.0.0.1'],
      [],
      trusting,
    ),
    forwards(
      'drops what lies left of the client in X-Forwarded-For of a trusted proxy',
      ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 7.7.7.7'],
      ['x-forwarded-for: 7.7.7.7, 127.0.0.1'],
      [spoofed],
      trusting,
    ),
    forwards(
      'continues X-Forwarded-For through several trusted proxies',
      ['X-Forwarded-For: 7.7.7.7, 127.0.0.8', 'X-Forwarded-For: 127.0.0.9'],
      ['x-forwarded-for: 7.7.7.7, 127.0.0.8, 127.0.0.9, 127.0.0.1'],
      [],
      trusting,
    ),
    forwards(
      'reads a list in X-Forwarded-Proto from the trusted side',
      ['X-Forwarded-For: 7.7.7.7', 'X-Forwarded-Proto: https, http'],
      ['x-forwarded-proto: http'],
      [],
      trusting,
    ),
    forwards(
      'keeps X-Forwarded-Proto of a trusted proxy',
      ['X-Forwarded-Proto: https'],
      ['x-forwarded-proto: https'],
      [],
      trusting,
    ),
    forwards(
      'accepts no scheme but http and https from a trusted proxy',
      ['X-Forwarded-Proto: gopher'],
      ['x-forwarded-proto: http'],
      [],
      trusting,
    ),
    forwards(
      'keeps X-Forwarded-Host of a trusted proxy',
      ['X-Forwarded-Host: shop.example'],
      ['x-forwarded-host: shop.example', 'host: a'],
      [],
      trusting,
    ),
    forwards(
      'adds the forwarded headers that a trusted proxy did not send',
      [],
      ['x-forwarded-for: 127.0.0.1', 'x-forwarded-host: a'],
      [],
      trusting,
    ),
    forwards(
      'drops names with underscores from a trusted proxy, too',
      ['X_Forwarded_Proto: https'],
      ['x-forwarded-proto: http'],
      [/_proto/],
      trusting,
    ),
    forwards(
      'keeps a well-formed request id of a client',
      ['X-Request-Id: abc.DEF_123-4'],
      ['x-request-id: abc.DEF_123-4'],
    ),
    forwards('makes a request id when the client sent none', [], [/^x-request-id: [\w.-]{8,64}$/]),
    forwards(
      'replaces a request id that is too short',
      ['X-Request-Id: abc'],
      [/^x-request-id: [\w.-]{8,64}$/],
      [/^x-request-id: abc$/],
    ),
    forwards(
      'replaces a request id with quotes',
      ['X-Request-Id: "a","b":"cdef"'],
      [/^x-request-id: [\w.-]{8,64}$/],
      [/"a"/],
    ),
    forwards(
      'takes no request id from two lines',
      ['X-Request-Id: first-id-1', 'X-Request-Id: second-id-2'],
      [/^x-request-id: [\w.-]{8,64}$/],
      [/,/],
    ),
    {
      rule: 'sends the same request id to the client',
      send: get('X-Request-Id: the-same-id'),
      expect: {
        status: 200,
        has: ['x-request-id: the-same-id'],
        upstream: { has: ['x-request-id: the-same-id'] },
      },
    },
    {
      rule: 'a response has one request id, also when the upstream sends one',
      send: get('X-Request-Id: the-same-id'),
      upstreams: [[respond(ok('ok', ['X-Request-Id: the-same-id']))]],
      expect: { status: 200, has: ['x-request-id: the-same-id'] },
    },
  ],
};
