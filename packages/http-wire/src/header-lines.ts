import { httpErrors } from '@tripod/shared/http/http-errors';
import { MessageError, type MessageSide, malformed } from './message-error.ts';

/** The maximum number of header lines of a request. Those of a response are limited by the size of the head alone. */
const maxHeaderLines = 100;

/**
 * Control characters other than tab, a CR without LF and an LF without CR. RFC 9112 2.2 lets a recipient accept a bare
 * LF; a recipient that does and one that does not see two different messages.
 */
const forbidden = /[^\t\x20-\x7e\x80-\xff\r\n]|\r(?!\n)|(?<!\r)\n/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Throws a MessageError if the head contains a character that no head may contain. */
export const checkCharacters = (text: string, side: MessageSide): void => {
  if (forbidden.test(text))
    throw malformed(side, 'The head contains a control character or a bare line end.');
};

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Receives each header line: its name in lower case, its value, and the whole line with its CRLF. */
export type HeaderVisitor = (name: string, value: string, line: string) => void;

/**
 * Visits the header lines of a head from `start`, the character after the CRLF of the first line. One pass, linear in
 * the length of the text. Blanks before the colon are removed from responses, as a proxy must (RFC 9112 5.1). Throws a
 * MessageError for such blanks in requests, for folded lines (5.2) and for too many lines.
 */
export const visitHeaders = (text: string, start: number, side: MessageSide, visit: HeaderVisitor): void => {
  const end = text.length - 2;
  let lines = 0;
  for (let position = start; position < end; ) {
    lines += 1;
    if (side === 'request' && lines > maxHeaderLines) {
      throw new MessageError(
        httpErrors.REQUEST_HEAD_TOO_LARGE,
        `The head has more than ${maxHeaderLines} header lines.`,
      );
    }
    const next = text.indexOf('\r\n', position) + 2;
    const colon = text.indexOf(':', position);
    if (colon === -1 || colon >= next) throw malformed(side, 'A header line has no colon.');
    let nameEnd = colon;
    if (side === 'response') while (nameEnd > position && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd -= 1;
    const name = text.slice(position, nameEnd);
    if (!token.test(name)) throw malformed(side, 'A header name is not a token.');
    let from = colon + 1;
    let to = next - 2;
    while (from < to && isBlank(text.charCodeAt(from))) from += 1;
    while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
    const line = nameEnd === colon ? text.slice(position, next) : name + text.slice(colon, next);
    visit(name.toLowerCase(), text.slice(from, to), line);
    position = next;
  }
};

/**
 * Parses a Content-Length: at most 15 digits and nothing else (RFC 9112 6.3). Throws a MessageError for `+4`, `4, 4`
 * and the like.
 */
export const parseLength = (value: string, side: MessageSide): number => {
  if (!/^\d{1,15}$/.test(value)) throw malformed(side, 'Content-Length is not a plain decimal number.');
  return Number(value);
};
