import type { Way } from './deviation.ts';

const keptLine = {
  status: 200,
  has: [/^(x-secret|proxy-authenticate|proxy-connection|trailer|upgrade): /],
} as const;

/** Ways of nginx with responses of upstreams. */
export const waysWithResponses: readonly Way[] = [
  {
    says: 'passes it on',
    expect: { status: 200 },
    rules: [
      'a length and a coding together are refused',
      'a negative length is refused',
      'a length that is no number is refused',
      'a list as a length is refused',
      'a coding that nobody can undo is refused',
      'chunks in chunks are refused',
      'a coding below the chunks is refused',
      'a coding in two lines is refused',
      'a coding in a response of HTTP/1.0 is refused',
      'HTTP/2 in the clothes of HTTP/1 is refused',
      'a status of four digits is refused',
      'a header without a colon is refused',
      'a head that bare LFs end is no response',
    ],
  },
  {
    says: 'believes the second length',
    expect: { status: 200, broken: true },
    rules: ['two lengths that differ are refused'],
  },
  {
    says: 'takes it for HTTP/0.9 and passes the bytes on without a head',
    expect: { status: [] },
    isStuck: true,
    rules: [
      'a status line of another protocol is refused',
      'a status of two digits is refused',
      'a status of letters is refused',
      'bytes that are no response are refused',
      'HEAD of a failed upstream gets no body',
      'a GET that met no response head goes to the next upstream',
    ],
  },
  {
    says: 'takes it for the answer, and the client waits for another one',
    expect: { status: [] },
    isStuck: true,
    rules: [
      'a status below 100 is refused',
      'a 100 with nothing behind it is a 502',
      'an interim response does not end the right to go on',
      'it is sent no interim responses',
      'the 100 of an upstream to a client that asked for none is dropped',
      'early hints are passed on',
      'several interim responses are passed on in order',
      'early hints keep nothing of what is hop by hop',
      'early hints and the answer in single bytes are read',
    ],
  },
  {
    says: 'takes it for the answer, and cuts the client off in the end',
    expect: { status: [] },
    rules: ['a 103 is no answer, and what follows it not in time is a 504'],
  },
  {
    says: 'keeps it until more has come',
    expect: { status: [] },
    isStuck: true,
    rules: ['early hints arrive before the answer is there'],
  },
  {
    says: 'passes it on',
    expect: { status: 101 },
    rules: ['a 101 that nobody asked for is refused', 'a 101 without an Upgrade is a 502'],
  },
  {
    says: 'takes it for the answer, and the client waits for another one',
    expect: { interim: [100], status: [] },
    rules: ['the 100 of an upstream is not passed on: the proxy has asked already'],
  },
  {
    says: 'passes it on',
    expect: { status: 204, has: ['content-length: 0'] },
    rules: ['a 204 has no length (RFC 9110 8.6)'],
  },
  {
    says: 'passes it on',
    expect: keptLine,
    rules: [
      'a response header that Connection names ends here',
      'a response header named after it comes ends here too',
      'Proxy-Authenticate of a response ends here',
      'Proxy-Connection of a response ends here',
      'Trailer of a response ends here',
      'Upgrade of a response that changes nothing ends here',
    ],
  },
  {
    says: 'writes Date and Server itself',
    expect: { status: 200, has: ['server: nginx', 'etag: W/"1"', 'location: http://in/side'] },
    rules: ['Date, Server, Location and ETag arrive as they were sent'],
  },
  {
    says: 'ends the answer as if it were whole',
    expect: { status: 200, broken: false },
    rules: [
      'chunks that break off end in a reset: an end would make them whole',
      'a body without a length that a reset cuts off ends in a reset',
    ],
  },
];
