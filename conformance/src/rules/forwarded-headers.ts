import type { Case, Topic } from '../case/case.ts';
import { ok, says } from '../case/upstream-scripts.ts';
import { get } from '../wire/request-text.ts';

const sends = (
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

const trusting: Partial<Case> = { setting: 'trusting' };
const spoofed = /6\.6\.6\.6/;

export const forwardedHeaders: Topic = {
  name: 'Forwarded headers and ids',
  cases: [
    sends(
      'says who asked, by which name and scheme',
      [],
      ['x-forwarded-for: 127.0.0.1', 'x-forwarded-proto: http', 'x-forwarded-host: a'],
    ),
    sends(
      'overwrites what a client says of who asked',
      ['X-Forwarded-For: 6.6.6.6'],
      ['x-forwarded-for: 127.0.0.1'],
      [spoofed],
    ),
    sends(
      'overwrites it also in several lines',
      ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 7.7.7.7'],
      ['x-forwarded-for: 127.0.0.1'],
      [spoofed, /7\.7/],
    ),
    sends(
      'overwrites it also in other letters',
      ['x-FORWARDED-for: 6.6.6.6'],
      ['x-forwarded-for: 127.0.0.1'],
      [spoofed],
    ),
    sends(
      'drops it with underscores, which servers take for dashes',
      ['X_Forwarded_For: 6.6.6.6'],
      [],
      [spoofed],
    ),
    sends(
      'overwrites what a client says of the scheme',
      ['X-Forwarded-Proto: https'],
      ['x-forwarded-proto: http'],
    ),
    sends(
      'overwrites what a client says of the name',
      ['X-Forwarded-Host: evil'],
      ['x-forwarded-host: a'],
      [/evil/],
    ),
    sends('drops X-Forwarded-Port of a client', ['X-Forwarded-Port: 6666'], [], [/6666/]),
    sends('drops X-Real-IP of a client', ['X-Real-IP: 6.6.6.6'], [], [spoofed]),
    sends('drops Forwarded of a client', ['Forwarded: for=6.6.6.6'], [], [spoofed]),
    sends('passes the name that was asked for on as Host', [], ['host: a'], [/^host: 127/]),
    sends('names itself in Via', [], [/^via: 1\.1 \S+$/]),
    sends(
      'goes on from what a trusted proxy says of who asked',
      ['X-Forwarded-For: 6.6.6.6'],
      ['x-forwarded-for: 6.6.6.6, 127.0.0.1'],
      [],
      trusting,
    ),
    sends(
      'goes on from several lines of a trusted proxy',
      ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 7.7.7.7'],
      ['x-forwarded-for: 6.6.6.6, 7.7.7.7, 127.0.0.1'],
      [],
      trusting,
    ),
    sends(
      'believes the scheme of a trusted proxy',
      ['X-Forwarded-Proto: https'],
      ['x-forwarded-proto: https'],
      [],
      trusting,
    ),
    sends(
      'believes no scheme but http and https',
      ['X-Forwarded-Proto: gopher'],
      ['x-forwarded-proto: http'],
      [],
      trusting,
    ),
    sends(
      'believes the name of a trusted proxy',
      ['X-Forwarded-Host: shop.example'],
      ['x-forwarded-host: shop.example', 'host: a'],
      [],
      trusting,
    ),
    sends(
      'says who asked also when a trusted proxy does not',
      [],
      ['x-forwarded-for: 127.0.0.1', 'x-forwarded-host: a'],
      [],
      trusting,
    ),
    sends(
      'drops what is spelled with underscores from a trusted proxy, too',
      ['X_Forwarded_Proto: https'],
      ['x-forwarded-proto: http'],
      [/_proto/],
      trusting,
    ),
    sends(
      'keeps a request id of a client that can break nothing',
      ['X-Request-Id: abc.DEF_123-4'],
      ['x-request-id: abc.DEF_123-4'],
    ),
    sends('makes a request id where there is none', [], [/^x-request-id: [\w.-]{8,64}$/]),
    sends(
      'makes a new one for an id that is too short',
      ['X-Request-Id: abc'],
      [/^x-request-id: [\w.-]{8,64}$/],
      [/^x-request-id: abc$/],
    ),
    sends(
      'makes a new one for an id with quotes',
      ['X-Request-Id: "a","b":"cdef"'],
      [/^x-request-id: [\w.-]{8,64}$/],
      [/"a"/],
    ),
    sends(
      'takes no id from two lines',
      ['X-Request-Id: first-id-1', 'X-Request-Id: second-id-2'],
      [/^x-request-id: [\w.-]{8,64}$/],
      [/,/],
    ),
    {
      rule: 'tells the client the same request id',
      send: get('X-Request-Id: the-same-id'),
      expect: {
        status: 200,
        has: ['x-request-id: the-same-id'],
        upstream: { has: ['x-request-id: the-same-id'] },
      },
    },
    {
      rule: 'a response has one request id, also when the upstream says one',
      send: get('X-Request-Id: the-same-id'),
      upstreams: [[says(ok('ok', ['X-Request-Id: the-same-id']))]],
      expect: { status: 200, has: ['x-request-id: the-same-id'] },
    },
  ],
};
