import type { RequestHeaders } from '../balancing/selection-policy.ts';

const joinValues = (name: string, values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.join(name === 'cookie' ? '; ' : ', ');

/** Reads headers from text, with a CRLF after each line. Nothing is parsed before a header is requested. */
export const createTextHeaders = (lines: string): RequestHeaders => ({
  findHeader(name) {
    const values: string[] = [];
    for (const line of lines.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon === name.length && line.slice(0, colon).toLowerCase() === name)
        values.push(line.slice(colon + 1).trim());
    }
    return joinValues(name, values);
  },
});

/** Headers as node:http lists them: name, value, name, value. */
export const createRawHeaders = (raw: readonly string[]): RequestHeaders => ({
  findHeader(name) {
    const values: string[] = [];
    for (let index = 0; index + 1 < raw.length; index += 2) {
      if (raw[index]?.toLowerCase() === name) values.push(raw[index + 1] ?? '');
    }
    return joinValues(name, values);
  },
});

/** Of a request whose head could not be read. */
export const noHeaders: RequestHeaders = { findHeader: () => undefined };
