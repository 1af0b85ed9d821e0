import type { Case, Topic } from '../case/case.ts';
import { refused } from '../case/refused-row.ts';
import { get, request } from '../wire/request-text.ts';

const raw = (...lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
const headed = (line: string): string => `GET /~/x HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`;

/** A method is passed on unchanged: its meaning is up to the upstream. */
const method = (name: string): Case => ({
  rule: `passes the method ${name} on`,
  send: request(`${name} /~/x`),
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, method: name, target: '/x' } },
});

const arrives = (rule: string, send: string, ...has: readonly (string | RegExp)[]): Case => ({
  rule,
  send,
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, has } },
});

const lines: readonly Case[] = [
  refused('refuses a request line without a version', raw('GET /~/x', 'Host: a', '')),
  refused('refuses a request line without a target', raw('GET HTTP/1.1', 'Host: a', '')),
  {
    rule: 'two spaces in a request line are refused or read as one',
    send: raw('GET  /~/x HTTP/1.1', 'Host: a', ''),
    expect: { oneOf: [200, 400], upstream: { lacks: [/^ /] } },
  },
  refused('refuses a tab in a request line', raw('GET\t/~/x HTTP/1.1', 'Host: a', '')),
  refused('refuses a space after the version', raw('GET /~/x HTTP/1.1 ', 'Host: a', '')),
  refused('refuses a space before the method', raw(' GET /~/x HTTP/1.1', 'Host: a', '')),
  refused('refuses a version with too many digits', raw('GET /~/x HTTP/1.10', 'Host: a', '')),
  refused('refuses a version of another protocol', raw('GET /~/x HTTPS/1.1', 'Host: a', '')),
  refused('refuses the version HTTP/2.0 in a request line', raw('GET /~/x HTTP/2.0', 'Host: a', '')),
  refused('refuses the HTTP/2 connection preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  refused('refuses a method that is not a token', raw('G(T /~/x HTTP/1.1', 'Host: a', '')),
  refused('refuses a TLS ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'),
  refused('refuses a bare LF after the request line', 'GET /~/x HTTP/1.1\nHost: a\r\n\r\n'),
];

const names: readonly Case[] = [
  refused('refuses a space before the colon', headed('X-Any : y')),
  refused('refuses a header without a colon', headed('X-Any')),
  refused('refuses a header without a name', headed(': y')),
  refused('refuses a header name with a space', headed('X Any: y')),
  refused('refuses a header name with a control character', headed('X-\x01Any: y')),
  refused('refuses a header name with bytes outside ASCII', headed('X-Äny: y')),
  refused('refuses a header name with a slash', headed('X/Any: y')),
  refused('refuses a folded line', headed('X-Any: y\r\n folded')),
  refused('refuses a folded first line', 'GET /~/x HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n'),
  refused('refuses a NUL in a header value', headed('X-Any: a\x00b')),
  refused('refuses a bare CR in a header value', headed('X-Any: a\rb')),
  refused('refuses a bare LF in a header value', headed('X-Any: a\nX-More: b')),
  refused('refuses an ESC in a header value', headed('X-Any: a\x1bb')),
  refused('refuses a DEL in a header value', headed('X-Any: a\x7fb')),
  {
    rule: 'a head that ends with bare LFs is no request',
    setting: 'short-client-time-outs',
    send: 'GET /~/x HTTP/1.1\r\nHost: a\r\nX: y\n\n',
    expect: { oneOf: [400, 408], connection: 'closes', upstream: { requests: 0 } },
  },
  arrives('a header value may be empty', headed('X-Any:'), 'x-any: '),
  arrives('white space around a header value is stripped', headed('X-Any: \t y \t'), 'x-any: y'),
  arrives('a tab within a header value is kept', headed('X-Any: a\tb'), 'x-any: a\tb'),
  arrives('bytes outside ASCII in a header value are kept', headed('X-Any: \xe4\xff'), 'x-any: \xe4\xff'),
  arrives(
    'a header name may hold every token character',
    headed("!#$%&'*+-.^`|~09aZ: y"),
    "!#$%&'*+-.^`|~09az: y",
  ),
  arrives('a header value may hold colons and quotes', headed('X-Any: a:b "c:d"'), 'x-any: a:b "c:d"'),
  arrives(
    'a repeated header arrives twice, in order',
    headed('X-Any: 1\r\nX-Any: 2'),
    /^x-any: (1|1, 2)$/,
    /^x-any: (2|1, 2)$/,
  ),
  arrives(
    '__proto__ and constructor are ordinary header names',
    headed('__proto__: a\r\nconstructor: b'),
    'constructor: b',
  ),
];

const hosts: readonly Case[] = [
  refused('refuses HTTP/1.1 without a Host', 'GET /~/x HTTP/1.1\r\n\r\n'),
  refused('refuses two different Host lines', headed('Host: b')),
  refused('refuses two equal Host lines', headed('Host: a')),
  refused('refuses an empty Host', 'GET /~/x HTTP/1.1\r\nHost:\r\n\r\n'),
  refused('refuses a Host with a path', 'GET /~/x HTTP/1.1\r\nHost: a/b\r\n\r\n'),
  refused('refuses a Host with a user', 'GET /~/x HTTP/1.1\r\nHost: u@a\r\n\r\n'),
  refused('refuses a Host with a space', 'GET /~/x HTTP/1.1\r\nHost: a b\r\n\r\n'),
  refused('refuses a list in Host', 'GET /~/x HTTP/1.1\r\nHost: a, b\r\n\r\n'),
  refused('refuses a Host with a port that is not a number', 'GET /~/x HTTP/1.1\r\nHost: a:b\r\n\r\n'),
  arrives(
    'a Host with a port arrives unchanged',
    'GET /~/x HTTP/1.1\r\nHost: A.example:81\r\n\r\n',
    'host: A.example:81',
  ),
  arrives('a Host may be an IPv6 address', 'GET /~/x HTTP/1.1\r\nHost: [::1]:81\r\n\r\n', 'host: [::1]:81'),
];

export const requestHeads: Topic = {
  name: 'Request heads',
  isSafety: true,
  cases: [
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT'].map(method),
    {
      rule: 'answers 405 with Allow to CONNECT',
      send: 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n',
      expect: { oneOf: [400, 405], connection: 'closes', upstream: { requests: 0 } },
      ours: { status: 405, code: 'PROXY_METHOD_REFUSED', has: [/^allow: GET, HEAD, POST/] },
    },
    {
      rule: 'answers 405 to TRACE, which would show the headers that the proxy adds',
      send: request('TRACE /~/x'),
      expect: { status: 405, upstream: { requests: 0 } },
      ours: { code: 'PROXY_METHOD_REFUSED' },
    },
    {
      // The engine http-proxy refuses it: the parser of node:http knows a list of methods and no others.
      rule: 'a method outside the registry is passed on, or refused with 400',
      send: 'LIST /~/x HTTP/1.1\r\nHost: a\r\n\r\n',
      expect: { oneOf: [200, 400], upstream: { lacks: [/^list: /] } },
    },
    {
      rule: 'a method in lower case is another method',
      send: 'get /~/x HTTP/1.1\r\nHost: a\r\n\r\n',
      expect: { oneOf: [200, 400, 405], upstream: { lacks: [/^get: /] } },
    },
    ...lines,
    ...names,
    ...hosts,
    arrives('empty lines before a request are ignored', `\r\n${get('X: y')}`, 'x: y'),
  ],
};
