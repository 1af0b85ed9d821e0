import { checkCharacters, parseLength, visitHeaders } from '@tripod/http-wire/header-lines';
import { malformed } from '@tripod/http-wire/message-error';
import { connectionTokens, endsHere } from '../../hop-by-hop.ts';

/** A parsed response head. It depends on the text alone, so it may be cached and shared. */
export type ResponseHead = {
  readonly status: number;
  /** The Content-Length, or -1 without one. */
  readonly length: number;
  readonly chunked: boolean;
  /** The upstream closes the connection after this response. */
  readonly closes: boolean;
  /** How long the upstream keeps an idle connection, as `Keep-Alive: timeout=5` announces it; Infinity without. */
  readonly keepAliveMs: number;
  readonly upgrade: string | undefined;
  readonly hasRequestId: boolean;
  readonly hasDate: boolean;
  /** The value of the Location line. */
  readonly location: string | undefined;
  /** The head sets a cookie and must not be cached. */
  readonly isSecret: boolean;
  /**
   * The beginning of the response to the client: our status line, the header lines without hop-by-hop headers, and the
   * Content-Length. Lines that depend on the client follow.
   */
  readonly text: string;
};

const keepAliveTimeout = /(?:^|,)[ \t]*timeout[ \t]*=[ \t]*"?(\d+)/i;

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)( [\t\x20-\x7e\x80-\xff]*)?$/;

/**
 * Parses the latin1 text of one response head, including its final CRLFCRLF. Throws a MessageError if it is malformed
 * or its framing is ambiguous.
 */
export const parseResponseHead = (text: string): ResponseHead => {
  checkCharacters(text, 'response');
  const lineEnd = text.indexOf('\r\n');
  const first = statusLine.exec(text.slice(0, lineEnd));
  if (!first) throw malformed('response', 'The status line is malformed.');
  const [, minor, digits = '', reason = ' '] = first;
  const kept: string[] = [];
  const connection: string[] = [];
  let length = -1;
  let coding: string | undefined;
  let upgrade: string | undefined;
  let keepAliveMs = Number.POSITIVE_INFINITY;
  let hasRequestId = false;
  let hasDate = false;
  let isSecret = false;
  let location: string | undefined;
  visitHeaders(text, lineEnd + 2, 'response', (name, value, line) => {
    switch (name) {
      case 'content-length':
        if (length !== -1) throw malformed('response', 'The response has more than one Content-Length line.');
        length = parseLength(value, 'response');
        return;
      case 'transfer-encoding':
        if (coding !== undefined)
          throw malformed('response', 'The response has more than one Transfer-Encoding line.');
        coding = value.toLowerCase();
        return;
      case 'connection':
        connection.push(value);
        return;
      case 'upgrade':
        upgrade = value;
        return;
      case 'keep-alive': {
        const seconds = keepAliveTimeout.exec(value)?.[1];
        if (seconds !== undefined) keepAliveMs = Number(seconds) * 1000;
        return;
      }
      case 'location':
        location = value;
        break;
      case 'x-request-id':
        hasRequestId = true;
        break;
      case 'date':
        hasDate = true;
        break;
      case 'set-cookie':
        isSecret = true;
        break;
    }
    kept.push(name, line);
  });
  if (coding !== undefined && (coding !== 'chunked' || length !== -1 || minor === '0')) {
    throw malformed('response', 'The framing of the response is ambiguous.');
  }
  const status = Number(digits);
  const named = connectionTokens(connection);
  let forwarded = `HTTP/1.1 ${digits}${reason}\r\n`;
  for (let index = 0; index < kept.length; index += 2) {
    if (!endsHere(kept[index] ?? '', named)) forwarded += kept[index + 1];
  }
  // RFC 9110 8.6: a 1xx or 204 response has no Content-Length, even if the upstream sends one.
  if (length >= 0 && status >= 200 && status !== 204) forwarded += `Content-Length: ${length}\r\n`;
  return {
    status,
    length,
    chunked: coding !== undefined,
    closes: minor === '0' ? !named.has('keep-alive') : named.has('close'),
    keepAliveMs,
    upgrade,
    hasRequestId,
    hasDate,
    location,
    isSecret,
    text: forwarded,
  };
};
