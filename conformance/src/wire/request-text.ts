/** The text of a request: a first line without its version, header lines besides Host, and a body. */
export const request = (first: string, lines: readonly string[] = [], body = ''): string =>
  `${first} HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;

/** A request to the case's own route. */
export const get = (...lines: readonly string[]): string => request('GET /~/x', lines);

/** With a body and its Content-Length. */
export const post = (body: string, ...lines: readonly string[]): string =>
  request('POST /~/x', [`Content-Length: ${body.length}`, ...lines], body);

/** The same text in HTTP/1.0. */
export const asHttp10 = (text: string): string => text.replace(' HTTP/1.1\r\n', ' HTTP/1.0\r\n');

/** A body in chunks. `body` is the raw text of the chunks. */
export const postChunks = (body: string, ...lines: readonly string[]): string =>
  request('POST /~/x', ['Transfer-Encoding: chunked', ...lines], body);
