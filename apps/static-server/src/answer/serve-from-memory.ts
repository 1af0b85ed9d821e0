import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { createDateLine } from '@tripod/shared/http/date-line';
import type { RequestObserver } from '@tripod/shared/http/observe-requests';
import type { CacheIndex } from '../memory/cache-index.ts';
import type { CachedFile, CachedRepresentation } from '../memory/cached-file.ts';
import { type Answer, chooseAnswer } from './choose-answer.ts';
import type { ReadCodings } from './content-coding.ts';
import { createHeaderWriter, headerOf, writeAnswerHeader } from './write-header.ts';

/**
 * Ends a response, whose header was written, with bytes from memory. The file is retained until the kernel has all of
 * them or the connection is closed.
 */
export const endFromMemory = (
  request: IncomingMessage,
  response: ServerResponse,
  file: CachedFile,
  { status, representation, range }: Answer<CachedRepresentation>,
): void => {
  if (request.method === 'HEAD' || status === 304 || representation.size === 0) {
    response.end();
    return;
  }
  const body = range
    ? representation.bytes.subarray(range.first, range.last + 1)
    : file.bodyOf(representation);
  if (typeof body === 'string') {
    // node copies the string, so the file's memory is not in use afterwards.
    response.end(body, 'latin1');
    return;
  }
  response.end(body);
  if (response.socket?.writableLength === 0 || request.socket.destroyed) return;
  file.retain();
  response.once('close', () => file.release());
};

export type CacheHitOptions = {
  readonly index: CacheIndex;
  readonly observer: RequestObserver;
  readonly readCodings: ReadCodings;
  readonly clock: Clock;
};

/** A larger response is watched until it ends. A smaller one counts as ended once it is written. */
const maxUnwatchedBytes = 65_536;

/**
 * Creates the fast path: serves a file in memory that is requested by a canonical URL, in one write. Returns false, and
 * does nothing, for every other request; Express handles those. Both paths share the rules and the headers.
 */
export const createCacheHitHandler = ({ index, observer, readCodings, clock }: CacheHitOptions) => {
  const writeHeader = createHeaderWriter(createDateLine(clock));
  return function serveCacheHit(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') return false;
    const file = index.findFresh(url, clock.monotonicMs());
    if (file === undefined) return false;
    const { headers } = request;
    // These can lead to an error response, which Express sends.
    const mayFail =
      headers.range !== undefined ||
      headers['if-match'] !== undefined ||
      headers['if-unmodified-since'] !== undefined;
    if (mayFail) return false;
    const observed = observer.begin(request);
    const answer = chooseAnswer(request, file, readCodings(headers['accept-encoding']?.toString()));
    const { status, representation } = answer;
    const bytes = method === 'HEAD' || status === 304 ? 0 : representation.size;
    const isLong = bytes > maxUnwatchedBytes;
    if (isLong) {
      observer.watch(observed, response);
      writeAnswerHeader(response, observed.requestId, answer);
    } else writeHeader(response, status, headerOf(answer), observed.requestId);
    endFromMemory(request, response, file, answer);
    if (!isLong) observer.end(observed, status, bytes);
    return true;
  };
};
