/** How a message says where its body ends (RFC 9112 6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

/** The body of a message as a lenient reader sees it: nothing is repaired and nothing is refused. */
export type ReadBody = {
  readonly body: string;
  /** Whether all of the body has arrived. */
  readonly complete: boolean;
  /** Index at which the next message begins. */
  readonly next: number;
};

export const headEnd = '\r\n\r\n';

/** The header lines of a head, each as `name: value` with the name in lower case. */
export const headerLines = (head: string): readonly string[] =>
  head
    .split('\r\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':');
      return `${line.slice(0, colon).toLowerCase()}: ${line.slice(colon + 1).trim()}`;
    });

/** The values of one header, name in lower case. */
export const valuesOf = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));

/** Reads a chunked body that begins at `start`. */
export const readChunks = (text: string, start: number): ReadBody => {
  let body = '';
  let at = start;
  for (;;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (end === -1 || Number.isNaN(size)) return { body, complete: false, next: at };
    if (size === 0) {
      const last = text.startsWith('\r\n', end + 2) ? end + 4 : text.indexOf(headEnd, end) + headEnd.length;
      const complete = text.startsWith('\r\n', end + 2) || text.indexOf(headEnd, end) !== -1;
      return { body, complete, next: complete ? last : at };
    }
    const next = end + 2 + size + 2;
    if (text.length < next) return { body: body + text.slice(end + 2), complete: false, next: at };
    body += text.slice(end + 2, end + 2 + size);
    at = next;
  }
};

/** Reads a body of `length` bytes that begins at `start`. */
export const readLength = (text: string, start: number, length: number): ReadBody => ({
  body: text.slice(start, start + length),
  complete: text.length >= start + length,
  next: Math.min(text.length, start + length),
});
