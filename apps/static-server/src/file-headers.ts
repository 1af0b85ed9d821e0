import { contentTypeOf, isDocument } from './content-type.ts';
import type { OpenFile } from './find-file.ts';
import { formatHttpDate } from './http-date.ts';

/** `app.3f2a9c1b.js`, `app-3f2a9c1b.js.map`: 8 or more hexadecimal digits, not all of one kind as dates are. */
const hashed = /[.-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}(?:\.[a-z0-9]+){1,2}$/;

/** For ever when the name changes with the content; otherwise to be asked for again, so that a change is seen. */
export const cacheControlOf = (name: string): string =>
  hashed.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';

export type HeaderOptions = {
  /** Undefined: no Content-Security-Policy. */
  readonly csp: string | undefined;
  readonly nowMs: number;
};

/** What describes the content of a file and what a browser may do with it. */
export const contentHeadersOf = (name: string, csp: string | undefined): Readonly<Record<string, string>> => {
  const contentType = contentTypeOf(name);
  const document = isDocument(contentType);
  return {
    'Content-Type': contentType,
    'X-Content-Type-Options': 'nosniff',
    ...(document ? { 'Referrer-Policy': 'strict-origin-when-cross-origin' } : {}),
    ...(document && csp !== undefined ? { 'Content-Security-Policy': csp } : {}),
  };
};

/** All headers of a file that do not depend on the request. */
export const fileHeadersOf = (
  { name, etag, modifiedMs }: OpenFile,
  { csp, nowMs }: HeaderOptions,
): Readonly<Record<string, string>> => ({
  ...contentHeadersOf(name, csp),
  'Cache-Control': cacheControlOf(name),
  ETag: etag,
  // RFC 9110 8.8.2.1: never later than the answer itself.
  'Last-Modified': formatHttpDate(Math.min(modifiedMs, nowMs)),
  'Accept-Ranges': 'bytes',
});
