/** Returns the text of an HTTP/1.1 request. `first` is its first line without the version; Host is added. */
export const request = (first: string, lines: readonly string[] = [], body = ''): string =>
  `${first} HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;

/** A GET to the route of the case. */
export const get = (...lines: readonly string[]): string => request('GET /~/x', lines);

/** A POST to the route of the case, with its body and Content-Length. */
export const post = (body: string, ...lines: readonly string[]): string =>
  request('POST /~/x', [`Content-Length: ${body.length}`, ...lines], body);

/** Returns the same request as HTTP/1.0. */
export const asHttp10 = (text: string): string => text.replace(' HTTP/1.1\r\n', ' HTTP/1.0\r\n');

/** A chunked POST to the route of the case. `body` is the raw text of the chunks. */
export const postChunks = (body: string, ...lines: readonly string[]): string =>
  request('POST /~/x', ['Transfer-Encoding: chunked', ...lines], body);
