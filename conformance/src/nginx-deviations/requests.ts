import type { NginxDeviation } from './deviation.ts';

const accepted = { status: 200, connection: 'stays' } as const;

/** Deviations of nginx in reading and forwarding requests. */
export const requestDeviations: readonly NginxDeviation[] = [
  {
    behaviour: 'accepts it',
    expect: accepted,
    rules: [
      'refuses a space after the version',
      'refuses a version with too many digits',
      'refuses a bare LF after the request line',
      'refuses a Host with a user',
      'refuses a Host with a port that is not a number',
      'refuses a bare LF after a chunk size',
      'refuses a bare LF after a chunk',
      'refuses trailers without an end',
      'refuses ..; because some servers strip the parameters',
      'refuses two slashes after the prefix',
      'refuses an absolute URL with another scheme',
      'refuses bytes outside ASCII in a path',
      'a URL over 8 KiB is a 414',
      'headers that exceed 16 KiB together are a 431',
      'over 100 header lines are a 431',
    ],
  },
  {
    behaviour:
      'refuses it by a rule of config/nginx.conf, because it would choose the location by the decoded path',
    expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    rules: ['an encoded slash is kept as written'],
  },
  {
    behaviour: 'accepts it and frames the body again',
    expect: accepted,
    rules: [
      'refuses a chunk extension with a NUL',
      'refuses a chunk extension without an end',
      'refuses a trailer with a NUL',
    ],
  },
  {
    behaviour: 'drops the line and continues',
    expect: { ...accepted, upstream: { requests: 1, lacks: [/any/, /more/] } },
    rules: ['refuses a header name with bytes outside ASCII', 'refuses a header name with a slash'],
  },
  {
    behaviour: 'passes it on with an empty value',
    expect: { ...accepted, upstream: { requests: 1, has: ['x-any: '] } },
    rules: ['refuses a header without a colon'],
  },
  {
    behaviour: 'passes the line on',
    expect: { ...accepted, upstream: { requests: 1, has: [/^x-any: a/] } },
    rules: ['refuses an ESC in a header value', 'refuses a DEL in a header value'],
  },
  {
    behaviour: 'treats the LF as the end of the line',
    expect: { ...accepted, upstream: { requests: 1, has: ['x-any: a', 'x-more: b'] } },
    rules: ['refuses a bare LF in a header value'],
  },
  {
    behaviour: 'treats LF as the end of a line',
    expect: { status: 200 },
    rules: ['a head that ends with bare LFs is no request'],
  },
  {
    behaviour: 'treats it as HTTP/0.9 and answers without a head',
    expect: { status: [], upstream: { requests: 1 } },
    rules: ['refuses a request line without a version', 'bytes after an HTTP/0.9 request are no request'],
  },
  {
    behaviour: 'answers 505',
    expect: { status: 505, connection: 'closes', upstream: { requests: 0 } },
    rules: ['refuses the version HTTP/2.0 in a request line'],
  },
  {
    behaviour: 'drops names with characters other than letters, digits, dash and underscore',
    expect: { status: 200, upstream: { lacks: [/^!/] } },
    rules: ['a header name may hold every token character'],
  },
  {
    behaviour: 'answers 400',
    expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    rules: [
      'white space around a length is ignored',
      'OPTIONS * is answered by the proxy itself',
      'over 1000 header lines are a 431',
    ],
  },
  {
    behaviour: 'passes it on',
    expect: {
      status: 200,
      upstream: { requests: 1, has: [/^(trailer|proxy-connection|upgrade|x-secret|x-a): /] },
    },
    rules: [
      'trailers of a request are not passed on',
      'a header that Connection names is not passed on',
      'every header in a Connection list is dropped',
      'Connection names headers in any letter case',
      'Connection may come in several lines',
      'a header before the Connection line that names it is dropped',
      'Proxy-Connection is not passed on',
      'Trailer is not passed on',
      'Upgrade without Connection: Upgrade is not passed on',
      'an upgrade without Connection is an ordinary request',
      'an upgrade in HTTP/1.0 is ignored',
    ],
  },
  {
    behaviour: 'passes it on',
    expect: { status: 200, upstream: { has: [/^(x-forwarded-port: 6666|x-real-ip: 6\.6\.6\.6)$/] } },
    rules: ['drops X-Forwarded-Port of a client', 'drops X-Real-IP of a client'],
  },
  {
    behaviour: 'passes them on',
    expect: { status: 200, upstream: { has: [/^x-forwarded-prefix: \/evil$/] } },
    rules: ['drops every other X-Forwarded header of a client'],
  },
  {
    behaviour: 'keeps the whole list',
    expect: { status: 200, upstream: { has: ['x-forwarded-for: 6.6.6.6, 7.7.7.7, 127.0.0.1'] } },
    rules: ['drops what lies left of the client in X-Forwarded-For of a trusted proxy'],
  },
  {
    behaviour: 'forwards it',
    expect: { status: 200, upstream: { requests: 1 } },
    rules: [
      'a hidden path is hidden with a path parameter, which servlet containers remove',
      'a hidden path is hidden behind an empty segment with a parameter',
      'a hidden path is hidden with a dot at its end, which Windows removes',
      'a hidden path is hidden with an encoded blank at its end',
      'a hidden path is hidden with an NTFS stream',
      'a hidden path is hidden with an encoded question mark',
      'a hidden path is hidden with an encoded line end',
      'a hidden path is hidden when it is encoded twice',
      'a hidden path is hidden in fullwidth letters',
    ],
  },
  {
    behaviour: 'passes it on unchanged',
    expect: { status: 302, has: ['location: /pics/'] },
    rules: ['a Location that is a path leads through the route'],
  },
  {
    behaviour: 'does not recognize a loop',
    expect: { status: [200, 200], upstream: { requests: 2 } },
    rules: ['refuses a request that has passed the proxy twice before with 508 (RFC 9110 7.6.3)'],
  },
  {
    behaviour: 'adds nothing to Via',
    expect: { status: 200 },
    rules: [
      'appends itself to the Via of a request (RFC 9110 7.6.3)',
      'appends itself to the Via of a response (RFC 9110 7.6.3)',
    ],
  },
  {
    behaviour: 'passes it on',
    expect: { status: 101, upstream: { has: [/^x-secret: /] } },
    rules: ['a header that Connection names besides Upgrade is not passed on'],
  },
  {
    behaviour: 'sends a length of its own upstream',
    expect: { status: 200, upstream: { body: 'hello', has: ['content-length: 5'] } },
    rules: ['a Content-Length in a trailer is not passed on'],
  },
  {
    behaviour: 'sends no Via',
    expect: { status: 200, upstream: { lacks: [/^via/] } },
    rules: ['adds itself to Via'],
  },
  {
    behaviour: 'takes the host of the URL as the Host and continues',
    expect: { status: 200, upstream: { requests: 1 } },
    rules: ['refuses an absolute URL with another host', 'an absolute URL does not override the Host'],
  },
  {
    behaviour: 'drops the question mark',
    expect: { status: 200, upstream: { target: '/x' } },
    rules: ['an empty query stays a query'],
  },
  {
    behaviour: 'encodes the path again',
    expect: { status: 200, upstream: { requests: 1, target: '/a%20b%C3%A4' } },
    rules: ['percent-encoding is kept as written'],
  },
  {
    behaviour: 'decodes it',
    expect: { status: 200, upstream: { requests: 1, target: '/a.~b' } },
    rules: ['needless percent-encoding is kept'],
  },
  {
    behaviour: 'strips the fragment and continues',
    expect: { ...accepted, upstream: { target: '/x' } },
    rules: ['refuses a fragment'],
  },
  {
    behaviour: 'normalizes the path, which then has no route: 404',
    expect: { status: 404, connection: 'stays', upstream: { requests: 0 } },
    rules: [
      'refuses encoded dots',
      'refuses a .. segment with one encoded dot',
      'refuses two leading slashes',
    ],
  },
];
