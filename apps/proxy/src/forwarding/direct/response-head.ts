import { connectionTokens, endsHere } from '../hop-by-hop.ts';
import { checkCharacters, malformed, parseLength, visitHeaders } from './header-lines.ts';

/** What the text of one response head says. */
export type ResponseHead = {
  readonly status: number;
  /** The Content-Length, or -1 when there is none. */
  readonly length: number;
  readonly chunked: boolean;
  /** The upstream closes the connection after this response. */
  readonly closes: boolean;
  readonly upgrade: string | undefined;
  readonly hasRequestId: boolean;
  readonly hasDate: boolean;
  /** Sets a cookie: not to be kept. */
  readonly isSecret: boolean;
  /**
   * The beginning of the answer to the client: our status line, the header lines without those that end here, and the
   * Content-Length. What depends on the client is to follow.
   */
  readonly text: string;
};

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)( [\t\x20-\x7e\x80-\xff]*)?$/;

/** Parses the text of one response head, latin1, with its last CRLFCRLF. Throws a MessageError instead of repairing. */
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
  let hasRequestId = false;
  let hasDate = false;
  let isSecret = false;
  visitHeaders(text, lineEnd + 2, 'response', (name, value, line) => {
    switch (name) {
      case 'content-length':
        if (length !== -1) throw malformed('response', 'The response has two Content-Length lines.');
        length = parseLength(value, 'response');
        return;
      case 'transfer-encoding':
        if (coding !== undefined)
          throw malformed('response', 'The response has two Transfer-Encoding lines.');
        coding = value.toLowerCase();
        return;
      case 'connection':
        connection.push(value);
        return;
      case 'upgrade':
        upgrade = value;
        return;
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
  let answer = `HTTP/1.1 ${digits}${reason}\r\n`;
  for (let index = 0; index < kept.length; index += 2) {
    if (!endsHere(kept[index] ?? '', named)) answer += kept[index + 1];
  }
  // RFC 9110 8.6: not in a 1xx or 204, whatever the upstream says.
  if (length >= 0 && status >= 200 && status !== 204) answer += `Content-Length: ${length}\r\n`;
  return {
    status,
    length,
    chunked: coding !== undefined,
    closes: minor === '0' ? !named.has('keep-alive') : named.has('close'),
    upgrade,
    hasRequestId,
    hasDate,
    isSecret,
    text: answer,
  };
};
