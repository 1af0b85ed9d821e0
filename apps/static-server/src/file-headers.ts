import { hash } from 'node:crypto';
import type { Clock } from '@tripod/shared/async/clock';
import type { CacheControlOf } from './cache-control.ts';
import type { Coding } from './content-coding.ts';
import { contentTypeOf, isCompressible, isDocument } from './content-type.ts';
import type { DiskStats } from './disk.ts';
import { namesOf } from './find-file.ts';
import { formatHttpDate } from './http-date.ts';
import { createReadyHead, type ReadyHead } from './ready-head.ts';
import type { RequestedPath } from './resolve-path.ts';

/** What a browser may do with content of this type, as names and values in turn. */
export const policiesOf = (contentType: string, csp: string | undefined): readonly string[] => {
  const headers = ['X-Content-Type-Options', 'nosniff'];
  if (!isDocument(contentType)) return headers;
  headers.push('Referrer-Policy', 'strict-origin-when-cross-origin');
  if (csp !== undefined) headers.push('Content-Security-Policy', csp);
  return headers;
};

export type HeaderOptions = {
  /** Undefined: no Content-Security-Policy. */
  readonly csp: string | undefined;
  readonly cacheControlOf: CacheControlOf;
};

/** What is known of a file whatever its coding. */
export type FileFacts = {
  readonly csp: string | undefined;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Whole seconds, in milliseconds since 1970: what Last-Modified says. */
  readonly modifiedMs: number;
};

/** The facts of a file at `nowMs`. Its Last-Modified is never later than the answer itself (RFC 9110 8.8.2.1). */
export const factsOf = (
  names: readonly string[],
  { mtimeNs }: DiskStats,
  { csp, cacheControlOf, nowMs }: HeaderOptions & { readonly nowMs: number },
): FileFacts => ({
  csp,
  contentType: contentTypeOf(names.at(-1) ?? ''),
  cacheControl: cacheControlOf(names),
  modifiedMs: Math.min(Number(mtimeNs / 1_000_000_000n), Math.floor(nowMs / 1000)) * 1000,
});

/** The facts of a file, now. */
export type DescribeFile = (path: RequestedPath, stats: DiskStats) => FileFacts;

export const createDescribeFile =
  (options: HeaderOptions, clock: Clock): DescribeFile =>
  (path, stats) =>
    factsOf(namesOf(path), stats, { ...options, nowMs: clock.wallMs() });

/** One form of a file: its own bytes, or these in a coding. */
export type Representation = {
  readonly coding: Coding | undefined;
  /** A strong entity tag, quotes included. */
  readonly etag: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Of a 200. */
  readonly okHead: ReadyHead;
  /** Of a 304. */
  readonly notModifiedHead: ReadyHead;
};

/** The headers of one form of a file, ready to be sent. */
export const describeRepresentation = (
  { contentType, csp, cacheControl, modifiedMs }: FileFacts,
  { coding, etag, size }: Pick<Representation, 'coding' | 'etag' | 'size'>,
): Representation => {
  // Also before the other forms are made, for they will be.
  const vary = isCompressible(contentType) ? ['Vary', 'Accept-Encoding'] : [];
  const shared = [
    ...policiesOf(contentType, csp),
    ...['Cache-Control', cacheControl, 'ETag', etag, 'Last-Modified', formatHttpDate(modifiedMs)],
    ...['Accept-Ranges', 'bytes', ...vary],
  ];
  const encoded = coding === undefined ? [] : ['Content-Encoding', coding];
  const content = ['Content-Type', contentType, ...shared, ...encoded, 'Content-Length', String(size)];
  return {
    ...{ coding, etag, size, modifiedMs },
    okHead: createReadyHead(content),
    notModifiedHead: createReadyHead(shared),
  };
};

/** Of the bytes, so that it is the same on every server; each coding of them has its own. */
export const contentTagOf = (digest: string, coding: Coding | undefined): string =>
  `"${digest.slice(0, 22)}${coding === undefined ? '' : `-${coding}`}"`;

/**
 * For files that are not read before they are sent: differs whenever the bytes may differ, but also from server to
 * server. Hashed, for the inode number is nobody's business.
 */
export const versionTagOf = ({ dev, ino, size, mtimeNs, ctimeNs }: DiskStats): string =>
  contentTagOf(hash('sha256', [dev, ino, size, mtimeNs, ctimeNs].join(), 'base64url'), undefined);
