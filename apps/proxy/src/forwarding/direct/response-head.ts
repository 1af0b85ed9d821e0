import { connectionTokens, endsHere } from '../hop-by-hop.ts';
import { checkCharacters, malformed, parseLength, visitHeaders } from './header-lines.ts';

/** What the text of one response head says. */
export type ResponseHead = {
  readonly status: number;
  /** `200 OK`, as it goes into our status line. */
  readonly statusText: string;
  /** The Content-Length, or -1 when there is none. */
  readonly length: number;
  readonly chunked: boolean;
  /** The upstream closes the connection after this response. */
  readonly closes: boolean;
  readonly upgrade: string | undefined;
  readonly hasRequestId: boolean;
  /** The header lines to send on, without those that end here and without the framing. */
  readonly lines: string;
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
    }
    kept.push(name, line);
  });
  if (coding !== undefined && (coding !== 'chunked' || length !== -1 || minor === '0')) {
    throw malformed('response', 'The framing of the response is ambiguous.');
  }
  const named = connectionTokens(connection);
  let lines = '';
  for (let index = 0; index < kept.length; index += 2) {
    if (!endsHere(kept[index] ?? '', named)) lines += kept[index + 1];
  }
  return {
    status: Number(digits),
    statusText: `${digits}${reason}`,
    length,
    chunked: coding !== undefined,
    closes: minor === '0' ? !named.has('keep-alive') : named.has('close'),
    upgrade,
    hasRequestId,
    lines,
  };
};
