import type { NginxDeviation } from './deviation.ts';

const forwardedHeader = {
  status: 200,
  has: [/^(x-secret|proxy-authenticate|proxy-connection|trailer|upgrade): /],
} as const;

/** Deviations of nginx in reading and forwarding responses. */
export const responseDeviations: readonly NginxDeviation[] = [
  {
    behaviour: 'passes it on',
    expect: { status: 200 },
    rules: [
      'refuses a response with both Content-Length and Transfer-Encoding',
      'refuses a response with a negative length',
      'refuses a response with a length that is not a number',
      'refuses a response with a list as its length',
      'refuses a response with an unsupported transfer coding',
      'refuses a response with chunked applied twice',
      'refuses a response with a transfer coding under chunked',
      'refuses a response with Transfer-Encoding in two lines',
      'refuses Transfer-Encoding in an HTTP/1.0 response',
      'refuses the version HTTP/2.0 in a status line',
      'refuses a status of four digits',
      'refuses a response header without a colon',
      'a head that ends with bare LFs is no response',
    ],
  },
  {
    behaviour: 'uses the second length',
    expect: { status: 200, truncated: true },
    rules: ['refuses a response with two different lengths'],
  },
  {
    behaviour: 'treats it as HTTP/0.9 and passes the bytes on without a head',
    expect: { status: [] },
    expectsTimeout: true,
    rules: [
      'refuses a status line of another protocol',
      'refuses a status of two digits',
      'refuses a status of letters',
      'refuses bytes that are not a response',
      'HEAD of a failed upstream gets no body',
      'a GET goes to the next upstream after a malformed response head',
    ],
  },
  {
    behaviour: 'treats it as the final response, and the client waits for another one',
    expect: { status: [] },
    expectsTimeout: true,
    rules: [
      'refuses a status below 100',
      'a 100 without a final response is a 502',
      'a request may still be retried after an interim response',
      'an HTTP/1.0 client gets no interim responses',
      'the 100 of an upstream is dropped when the client expects none',
      '103 Early Hints is passed on',
      'several interim responses are passed on in order',
      '103 Early Hints loses its hop-by-hop headers',
      '103 Early Hints and the response are read byte by byte',
    ],
  },
  {
    behaviour: 'treats it as the final response, and closes the client connection in the end',
    expect: { status: [] },
    rules: ['a 103 without a final response in time is a 504'],
  },
  {
    behaviour: 'holds it back until more has arrived',
    expect: { status: [] },
    expectsTimeout: true,
    rules: ['103 Early Hints arrives before the final response'],
  },
  {
    behaviour: 'passes it on',
    expect: { status: 101 },
    rules: ['refuses a 101 without a request for an upgrade', 'a 101 without an Upgrade is a 502'],
  },
  {
    behaviour: 'treats it as the final response, and the client waits for another one',
    expect: { interim: [100], status: [] },
    rules: ['the 100 of an upstream is dropped after the proxy has sent its own'],
  },
  {
    behaviour: 'passes it on',
    expect: { status: 204, has: ['content-length: 0'] },
    rules: ['a 204 has no length (RFC 9110 8.6)'],
  },
  {
    behaviour: 'passes it on',
    expect: forwardedHeader,
    rules: [
      'a response header that Connection names is not passed on',
      'a response header before the Connection line that names it is dropped',
      'Proxy-Authenticate of a response is not passed on',
      'Proxy-Connection of a response is not passed on',
      'Trailer of a response is not passed on',
      'Upgrade of a response that switches nothing is not passed on',
    ],
  },
  {
    behaviour: 'writes Date and Server itself',
    expect: { status: 200, has: ['server: nginx', 'etag: W/"1"', 'location: http://in/side'] },
    rules: ['Date, Server, Location and ETag arrive unchanged'],
  },
  {
    behaviour: 'ends the response as if it were complete',
    expect: { status: 200, truncated: false },
    rules: [
      'truncated chunks reset an HTTP/1.0 connection, because a close would mark them complete',
      'a truncated close-delimited body resets an HTTP/1.0 connection',
    ],
  },
];
