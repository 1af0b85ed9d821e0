import { hash } from 'node:crypto';
import type { Clock } from '@tripod/shared/async/clock';
import type { DiskStats } from '../files/disk.ts';
import { fileSegments, type RequestedPath } from '../path/request-target.ts';
import type { CacheControlOf } from './cache-control.ts';
import { type ContentTypeOf, isCompressible, isDocument } from './content-type.ts';

/** The content codings of a file beside `identity`. */
export type Coding = 'br' | 'gzip';

/** Response header fields that are built once and sent many times. */
export type PrebuiltHeader = {
  /** Names and values in turn. The first field is `X-Request-Id`; its value is replaced for each response. */
  readonly fields: string[];
  /** The header as node:http rendered it the first time, split around the request id and the Date line. */
  rendered: readonly [beforeId: string, beforeDate: string, rest: string] | undefined;
};

/** Creates a header from names and values in turn, and puts the field for the request id in front. */
export const createPrebuiltHeader = (fields: readonly string[]): PrebuiltHeader => ({
  fields: ['X-Request-Id', '', ...fields],
  rendered: undefined,
});

/** The header fields that restrict what a browser does with this content type, as names and values in turn. */
export const securityFields = (contentType: string, csp: string | undefined): readonly string[] => {
  const fields = ['X-Content-Type-Options', 'nosniff'];
  if (!isDocument(contentType)) return fields;
  fields.push('Referrer-Policy', 'strict-origin-when-cross-origin');
  if (csp !== undefined) fields.push('Content-Security-Policy', csp);
  return fields;
};

export type HeaderOptions = {
  /** The Content-Security-Policy of documents. Undefined sends none. */
  readonly csp: string | undefined;
  readonly cacheControlOf: CacheControlOf;
  readonly contentTypeOf: ContentTypeOf;
};

/** What all representations of a file have in common. */
export type FileMetadata = {
  readonly csp: string | undefined;
  readonly contentType: string;
  readonly cacheControl: string;
  /** The value of Last-Modified: whole seconds, as milliseconds since 1970. */
  readonly modifiedMs: number;
};

/** Returns the metadata of a file as of now. */
export type DescribeFile = (path: RequestedPath, stats: DiskStats) => FileMetadata;

/** Creates the function that describes files. Last-Modified is never later than now (RFC 9110 8.8.2.1). */
export const createDescribeFile =
  ({ csp, cacheControlOf, contentTypeOf }: HeaderOptions, clock: Clock): DescribeFile =>
  (path, { mtimeNs }) => {
    const segments = fileSegments(path);
    return {
      csp,
      contentType: contentTypeOf(segments.at(-1) ?? ''),
      cacheControl: cacheControlOf(segments),
      modifiedMs: Math.min(Number(mtimeNs / 1_000_000_000n), Math.floor(clock.wallMs() / 1000)) * 1000,
    };
  };

/** One representation of a file (RFC 9110 3.2): its bytes as they are, or in a content coding. */
export type Representation = {
  /** Undefined for the bytes as they are. */
  readonly coding: Coding | undefined;
  /** A strong entity tag with its quotes. */
  readonly etag: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** The header of a 200 response. */
  readonly okHeader: PrebuiltHeader;
  /** The header of a 304 response. */
  readonly notModifiedHeader: PrebuiltHeader;
};

/** Creates a representation with its prebuilt headers. */
export const createRepresentation = (
  { contentType, csp, cacheControl, modifiedMs }: FileMetadata,
  { coding, etag, size }: Pick<Representation, 'coding' | 'etag' | 'size'>,
): Representation => {
  // Sent before the codings exist, too: a cache must not give this response to a client that will get another one.
  const vary = isCompressible(contentType) ? ['Vary', 'Accept-Encoding'] : [];
  const shared = [
    ...securityFields(contentType, csp),
    ...['Cache-Control', cacheControl, 'ETag', etag, 'Last-Modified', new Date(modifiedMs).toUTCString()],
    ...['Accept-Ranges', 'bytes', ...vary],
  ];
  const contentEncoding = coding === undefined ? [] : ['Content-Encoding', coding];
  const ok = ['Content-Type', contentType, ...shared, ...contentEncoding, 'Content-Length', String(size)];
  return {
    ...{ coding, etag, size, modifiedMs },
    okHeader: createPrebuiltHeader(ok),
    notModifiedHeader: createPrebuiltHeader(shared),
  };
};

/** The entity tag of content with this SHA-256: the same on every server, and different for each coding. */
export const contentEtag = (digest: string, coding: Coding | undefined): string =>
  `"${digest.slice(0, 22)}${coding === undefined ? '' : `-${coding}`}"`;

/**
 * The entity tag of a file whose content is not read before it is sent. It differs whenever the content may differ,
 * and also between servers. Hashed, so that the inode number is not disclosed.
 */
export const statsEtag = ({ dev, ino, size, mtimeNs, ctimeNs }: DiskStats): string =>
  contentEtag(hash('sha256', [dev, ino, size, mtimeNs, ctimeNs].join(), 'base64url'), undefined);
