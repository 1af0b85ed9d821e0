import type { Way } from './deviation.ts';

const taken = { status: 200, connection: 'stays' } as const;

/** Ways of nginx with requests. */
export const waysWithRequests: readonly Way[] = [
  {
    says: 'takes it',
    expect: taken,
    rules: [
      'refuses a blank behind the version',
      'refuses a version with too many digits',
      'refuses a request line that a bare LF ends',
      'refuses a Host with a user',
      'refuses a Host whose port is no number',
      'refuses a chunk size that a bare LF ends',
      'refuses a chunk that a bare LF ends',
      'refuses trailers without an end',
      'refuses two dots with parameters, which some servers cut off',
      'refuses two slashes behind the prefix',
      'refuses an absolute address of another scheme',
      'refuses bytes beyond ASCII in a path',
      'a URL over 8 KiB is a 414',
      'headers that are over 16 KiB together are a 431',
      'over 100 header lines are a 431',
    ],
  },
  {
    says: 'takes it, and frames the body anew',
    expect: taken,
    rules: [
      'refuses a chunk extension with a NUL',
      'refuses a chunk extension without an end',
      'refuses a trailer with a NUL',
    ],
  },
  {
    says: 'drops the line and goes on',
    expect: { ...taken, upstream: { requests: 1, lacks: [/any/, /more/] } },
    rules: ['refuses a name beyond ASCII', 'refuses a name with a slash'],
  },
  {
    says: 'passes it on with an empty value',
    expect: { ...taken, upstream: { requests: 1, has: ['x-any: '] } },
    rules: ['refuses a header without a colon'],
  },
  {
    says: 'passes the line on',
    expect: { ...taken, upstream: { requests: 1, has: [/^x-any: a/] } },
    rules: ['refuses an escape character in a value', 'refuses a DEL in a value'],
  },
  {
    says: 'takes the LF for the end of the line',
    expect: { ...taken, upstream: { requests: 1, has: ['x-any: a', 'x-more: b'] } },
    rules: ['refuses a bare LF in a value'],
  },
  {
    says: 'takes LF for the end of a line',
    expect: { status: 200 },
    rules: ['a head that bare LFs end is no request'],
  },
  {
    says: 'takes it for HTTP/0.9 and answers without a head',
    expect: { status: [], upstream: { requests: 1 } },
    rules: ['refuses a request line without a version', 'what is behind an HTTP/0.9 request is no request'],
  },
  {
    says: 'answers 505',
    expect: { status: 505, connection: 'closes', upstream: { requests: 0 } },
    rules: ['refuses HTTP/2 in the clothes of HTTP/1'],
  },
  {
    says: 'drops names with other signs than letters, digits, dash and underscore',
    expect: { status: 200, upstream: { lacks: [/^!/] } },
    rules: ['every character of a token may stand in a name'],
  },
  {
    says: 'answers 400',
    expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    rules: [
      'blanks around a length do not change it',
      'OPTIONS * is answered by the proxy itself',
      'over 1000 header lines are a 431',
    ],
  },
  {
    says: 'passes it on',
    expect: {
      status: 200,
      upstream: { requests: 1, has: [/^(trailer|proxy-connection|upgrade|x-secret|x-a): /] },
    },
    rules: [
      'trailers of a request end here',
      'a header that Connection names ends here',
      'every header of a list in Connection ends here',
      'Connection names headers in any spelling',
      'Connection may come in several lines',
      'a header named before it comes ends here too',
      'Proxy-Connection ends here',
      'Trailer ends here',
      'Upgrade without a Connection that says so ends here',
      'an upgrade without Connection is an ordinary request',
      'an upgrade means nothing',
    ],
  },
  {
    says: 'passes it on',
    expect: { status: 200, upstream: { has: [/^(x-forwarded-port: 6666|x-real-ip: 6\.6\.6\.6)$/] } },
    rules: ['drops X-Forwarded-Port of a client', 'drops X-Real-IP of a client'],
  },
  {
    says: 'passes it on',
    expect: { status: 101, upstream: { has: [/^x-secret: /] } },
    rules: ['what a Connection names besides Upgrade ends here'],
  },
  {
    says: 'goes upstream with a length of its own',
    expect: { status: 200, upstream: { body: 'hello', has: ['content-length: 5'] } },
    rules: ['a length in a trailer reaches no upstream'],
  },
  {
    says: 'sends no Via',
    expect: { status: 200, upstream: { lacks: [/^via/] } },
    rules: ['names itself in Via'],
  },
  {
    says: 'takes the name of the absolute address for the Host of its own, and goes on',
    expect: { status: 200, upstream: { requests: 1 } },
    rules: [
      'refuses an absolute address of another server',
      'an absolute address does not choose another Host than the Host',
    ],
  },
  {
    says: 'drops the question mark',
    expect: { status: 200, upstream: { target: '/x' } },
    rules: ['an empty query stays a query'],
  },
  {
    says: 'writes the percent signs anew',
    expect: { status: 200, upstream: { requests: 1, target: '/a%20b%C3%A4' } },
    rules: ['percent signs stay as they are written'],
  },
  {
    says: 'decodes it',
    expect: { status: 200, upstream: { requests: 1, target: '/a.~b' } },
    rules: ['what need not be encoded stays encoded'],
  },
  {
    says: 'cuts the fragment off and goes on',
    expect: { ...taken, upstream: { target: '/x' } },
    rules: ['refuses a fragment'],
  },
  {
    says: 'reads the path that they make, which has no route: 404',
    expect: { status: 404, connection: 'stays', upstream: { requests: 0 } },
    rules: ['refuses encoded dots', 'refuses dots of which one is encoded', 'refuses two slashes in front'],
  },
];
