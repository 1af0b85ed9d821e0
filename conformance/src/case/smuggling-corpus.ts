import { chunk, lastChunk } from './upstream-scripts.ts';

/**
 * A request that must never be processed as a request. `####` becomes the number of the text, so that each is
 * recognizable and all have the same length.
 */
const hidden = 'GET /smuggled-#### HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n';
const wrapped = `${chunk(hidden)}${lastChunk}`;
const methods = ['GET', 'POST', 'DELETE', 'OPTIONS'] as const;

const text = (method: string, lines: string, body: string, version = '1.1'): string =>
  `${method} /~/case-#### HTTP/${version}\r\nHost: a\r\n${lines}\r\n\r\n${body}`;

const codings: readonly string[] = [
  'Transfer-Encoding: chunked',
  'transfer-encoding:chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked ',
  'Transfer-Encoding: CHUNKED',
  'Transfer-Encoding : chunked',
  ' Transfer-Encoding: chunked',
  'X: y\r\n Transfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: x, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  'Transfer-Encoding: chunked;a=b',
  'Transfer-Encoding: chu\r\n nked',
  'Transfer-Encoding: \x0bchunked',
  'Transfer-Encoding: chunked\x00',
  'Transfer_Encoding: chunked',
  'Transfer Encoding: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'Content-Encoding: chunked',
  'TE: chunked',
  'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked',
  'Connection: Transfer-Encoding, upgrade\r\nUpgrade: x\r\nTransfer-Encoding: chunked',
  'Connection: upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked',
  'Expect: 100-continue\r\nTransfer-Encoding: chunked',
];

/**
 * Each spelling with a Content-Length that ends before the hidden request (TE.CL), after it (CL.TE), or without one
 * (TE).
 */
export const codingTexts = (kind: 'CL.TE' | 'TE.CL' | 'TE'): readonly string[] => {
  const length = kind === 'CL.TE' ? `Content-Length: ${hidden.length + 5}` : 'Content-Length: 4';
  const body = kind === 'CL.TE' ? `${lastChunk}${hidden}` : wrapped;
  const texts = (method: string, lines: string): readonly string[] =>
    kind === 'TE'
      ? [text(method, lines, wrapped), text(method, `${lines}\r\nConnection: keep-alive`, wrapped, '1.0')]
      : [text(method, `${length}\r\n${lines}`, body), text(method, `${lines}\r\n${length}`, body)];
  return methods.flatMap((method) => codings.flatMap((lines) => texts(method, lines)));
};

/** Lengths that some servers read and others do not, with a hidden request as the body. */
export const lengthTexts = (): readonly string[] => {
  const { length } = hidden;
  const lines = [
    `Content-Length: ${length}`,
    `Content-Length: 0${length}`,
    `Content-Length: +${length}`,
    `Content-Length: -${length}`,
    `Content-Length: ${length}, ${length}`,
    `Content-Length: 0, ${length}`,
    `Content-Length: ${length}\r\nContent-Length: 0`,
    `Content-Length: 0\r\nContent-Length: ${length}`,
    `Content-Length : ${length}`,
    ` Content-Length: ${length}`,
    `Content-Length:\r\n ${length}`,
    `Content-Length: ${length}\r\n 0`,
    `Content_Length: ${length}`,
    `Content Length: ${length}`,
    `Content-Length: ${length}\x00`,
    `Content-Length: \x0b${length}`,
    `Content-Length: 0x${length.toString(16)}`,
    `Content-Length: ${length}.0`,
    `Content-Length: ${length}e0`,
    `Content-Length: ${length};`,
    `Content-Length: "${length}"`,
    `Content-Length: 1844674407370955161${length}`,
    `X: y\nContent-Length: ${length}`,
    `X: y\rContent-Length: ${length}`,
    `Connection: Content-Length\r\nContent-Length: ${length}`,
    `Connection: close, Content-Length\r\nContent-Length: ${length}`,
    `Expect: 100-continue\r\nContent-Length: ${length}`,
  ];
  return methods.flatMap((method) => lines.map((line) => text(method, line, hidden)));
};

/** Every byte value at one place of the Transfer-Encoding line, with a Content-Length that ends elsewhere. */
export const mutations = (line: (byte: string) => string): readonly string[] =>
  Array.from({ length: 256 }, (_, code) =>
    text(
      'POST',
      `Content-Length: ${hidden.length + 5}\r\n${line(String.fromCharCode(code))}`,
      `${lastChunk}${hidden}`,
    ),
  );

export const chunkTexts = (): readonly string[] => {
  const size = hidden.length.toString(16);
  const bodies = [
    `0\r\nX: y\r\n\r\n${hidden}`,
    `0\n\n${hidden}`,
    `0\r\n\n${hidden}`,
    `0 \r\n\r\n${hidden}`,
    `0;x=y\r\n\r\n${hidden}`,
    `0;x="\r\n\r\n${hidden}`,
    `00000000000000000\r\n\r\n${hidden}`,
    `-0\r\n\r\n${hidden}`,
    `0x0\r\n\r\n${hidden}`,
    `\r\n0\r\n\r\n${hidden}`,
    `5;x\nyy\r\nhello\r\n0\r\n\r\n${hidden}`,
    `5\r\nhello${lastChunk}${hidden}`,
    `5\r\nhelloXX0\r\n\r\n${hidden}`,
    `5\r\nhello\n0\n\n${hidden}`,
    `100000005\r\nhello\r\n0\r\n\r\n${hidden}`,
    `f0000000000000005\r\nhello\r\n0\r\n\r\n${hidden}`,
    `${size}\r\n${hidden}\r\n0\r\n\r\n`,
    `${size};\r\n${hidden}\r\n0\r\n\r\n`,
    `${size}\t\r\n${hidden}\r\n0\r\n\r\n`,
    `0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
    `0\r\nTransfer-Encoding: chunked\r\n\r\n${hidden}`,
  ];
  return methods.flatMap((method) => bodies.map((body) => text(method, 'Transfer-Encoding: chunked', body)));
};

export const countTexts = (): readonly string[] =>
  methods.flatMap((method) =>
    [90, 97, 98, 99, 100, 199, 999, 1000, 1500, 1999].map((count) =>
      text(method, `${'a:b\r\n'.repeat(count)}Transfer-Encoding: chunked`, wrapped),
    ),
  );

export const bareHeadTexts = (): readonly string[] => [
  `GET /~/case-####\r\n\r\n${hidden}`,
  `GET /~/case-####\nHost: a\r\nContent-Length: 5\r\n\r\nhello${hidden}`,
  `GET /~/case-#### HTTP/1.1\nHost: a\n\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\n\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\nX: y\r\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\n:\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\nX\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\n\x00\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1 \r\nHost: a\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.2\r\nHost: a\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/0.9\r\nHost: a\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${hidden}`,
  `HEAD /~/case-#### HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  `CONNECT /~/case-#### HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`,
  `CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n${hidden}`,
  `TRACE /~/case-#### HTTP/1.1\r\nHost: a\r\n\r\n${hidden}`,
  `GET /~/case-#### HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n${hidden}`,
];
