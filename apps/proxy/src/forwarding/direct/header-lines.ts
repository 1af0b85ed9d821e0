import { httpErrors } from '@tripod/shared/http/http-errors';
import { forwardingErrors } from '../forwarding-errors.ts';
import { MessageError } from './message-error.ts';

/** Header lines of one message: at most this many. */
export const maxHeaderLines = 100;

/**
 * Everything a head can't hold: control characters but tab, a CR that no LF follows, an LF that no CR precedes
 * (RFC 9112 2.2 lets recipients accept a bare LF; those who do and those who do not see two different messages).
 */
const forbidden = /[^\t\x20-\x7e\x80-\xff\r\n]|\r(?!\n)|(?<!\r)\n/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Where a message is read: what to say when it is malformed. */
export type HeadSide = 'request' | 'response';

export const malformed = (side: HeadSide, reason: string): MessageError =>
  new MessageError(
    side === 'request' ? httpErrors.REQUEST_INVALID : forwardingErrors.PROXY_UPSTREAM_FAILED,
    reason,
  );

/** Throws unless every character of the head may stand in one. */
export const checkCharacters = (text: string, side: HeadSide): void => {
  if (forbidden.test(text)) throw malformed(side, 'The head holds a control character or a bare line end.');
};

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Told of each header line: its name in lower case, its value, and the whole line with its CRLF. */
export type HeaderVisitor = (name: string, value: string, line: string) => void;

/**
 * Goes through the header lines of a head from `start`, the character after the first line's CRLF. One pass, linear in
 * the length of the text. Folded lines (RFC 9112 5.2) and blanks before the colon (5.1) are refused.
 */
export const visitHeaders = (text: string, start: number, side: HeadSide, visit: HeaderVisitor): void => {
  const end = text.length - 2;
  let lines = 0;
  for (let position = start; position < end; ) {
    lines += 1;
    if (lines > maxHeaderLines)
      throw new MessageError(httpErrors.REQUEST_HEAD_TOO_LARGE, 'The head has over 100 lines.');
    const next = text.indexOf('\r\n', position) + 2;
    const colon = text.indexOf(':', position);
    if (colon === -1 || colon >= next) throw malformed(side, 'A header line has no colon.');
    const name = text.slice(position, colon);
    if (!token.test(name)) throw malformed(side, 'A header name is not a token.');
    let from = colon + 1;
    let to = next - 2;
    while (from < to && isBlank(text.charCodeAt(from))) from += 1;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
    visit(name.toLowerCase(), text.slice(from, to), text.slice(position, next));
    position = next;
  }
};

/** A Content-Length: digits only, few enough to be exact (RFC 9112 6.3; `+4` and `4, 4` are refused, not repaired). */
export const parseLength = (value: string, side: HeadSide): number => {
  if (!/^\d{1,15}$/.test(value)) throw malformed(side, 'The Content-Length is not one plain number.');
  return Number(value);
};
