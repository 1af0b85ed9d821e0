import { httpErrors } from '@tripod/shared/http/http-errors';
import { forwardingErrors } from '../forwarding-errors.ts';
import { type HeadSide, malformed } from './header-lines.ts';
import { MessageError } from './message-error.ts';
import { maxTargetLength } from './request-head.ts';

const maxHeadBytes = 16_384;
const headEnd = Buffer.from('\r\n\r\n');
const bareHeadEnd = Buffer.from('\n\n');
/** The longest method and version that a request line has room for besides its target. */
const lineRest = 64;

const tooLarge = (bytes: Buffer, start: number, side: HeadSide): MessageError => {
  if (side === 'response') return malformed(side, 'The head is too large.');
  const lineEnds = bytes.indexOf('\r\n', start, 'latin1');
  const isLine = lineEnds === -1 || lineEnds - start > maxTargetLength + lineRest;
  return isLine
    ? new MessageError(forwardingErrors.PROXY_URL_TOO_LONG, 'The URL is too long.')
    : new MessageError(httpErrors.REQUEST_HEAD_TOO_LARGE, 'The head is too large.');
};

/**
 * Where the head that begins at `start` ends: the byte behind its empty line, or -1 when that has not come before `end`.
 * Throws a MessageError when it can't be a head any more.
 */
export const findHeadEnd = (bytes: Buffer, start: number, end: number, side: HeadSide): number => {
  const found = bytes.indexOf(headEnd, start);
  const next = found + headEnd.length;
  if (found !== -1 && next <= end && next - start <= maxHeadBytes) return next;
  if (end - start > maxHeadBytes) throw tooLarge(bytes, start, side);
  // For whoever ends lines with a bare LF, this head is complete, and the wait for its end would be for nothing.
  const bare = bytes.indexOf(bareHeadEnd, start);
  if (bare !== -1 && bare < end - 1)
    throw malformed(side, 'The head holds a control character or a bare line end.');
  return -1;
};

/** Where a request begins: empty lines in front of it are read over (RFC 9112 2.2). */
export const skipEmptyLines = (bytes: Buffer): Buffer => {
  let start = 0;
  while (bytes[start] === 13 && bytes[start + 1] === 10) start += 2;
  return start === 0 ? bytes : bytes.subarray(start);
};
