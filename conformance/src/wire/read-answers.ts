import { type Framing, headEnd, headerLines, readChunks, readLength, valuesOf } from './message-text.ts';

/** One response as the client reads it. */
export type Answer = {
  readonly status: number;
  readonly version: string;
  readonly reason: string;
  /** Header lines as `name: value`, names in lower case. */
  readonly lines: readonly string[];
  readonly framing: Framing;
  readonly body: string;
  /** Whether a client would treat the response as complete. */
  readonly complete: boolean;
};

export type ReadAnswers = {
  readonly answers: readonly Answer[];
  /** Interim responses (1xx except 101), in order. */
  readonly interim: readonly Answer[];
  /** Bytes after the last response that are not a response. */
  readonly rest: string;
};

export type ReadOptions = {
  /** Whether the response with this index answers a HEAD. */
  readonly isHead: (index: number) => boolean;
  /** How the connection ended; undefined while it is open. */
  readonly ended: 'fin' | 'reset' | undefined;
};

const statusLine = /^HTTP\/(1\.[01]) (\d{3}) ?(.*)$/;

const framingOf = (status: number, lines: readonly string[], isHead: boolean): Framing => {
  if (isHead || status === 204 || status === 304 || status < 200) return 'none';
  if (valuesOf(lines, 'transfer-encoding').length > 0) return 'chunked';
  return valuesOf(lines, 'content-length').length > 0 ? 'length' : 'close';
};

/** Splits received text into responses as a client does: by the framing that each response declares. */
export const readAnswers = (text: string, { isHead, ended }: ReadOptions): ReadAnswers => {
  const answers: Answer[] = [];
  const interim: Answer[] = [];
  let at = 0;
  for (;;) {
    const end = text.indexOf(headEnd, at);
    const first = end === -1 ? null : statusLine.exec(text.slice(at, text.indexOf('\r\n', at)));
    if (!first) return { answers, interim, rest: text.slice(at) };
    const [, version = '', digits = '', reason = ''] = first;
    const status = Number(digits);
    const lines = headerLines(text.slice(at, end));
    const start = end + headEnd.length;
    const framing = framingOf(status, lines, isHead(answers.length));
    const head = { status, version, reason, lines, framing };
    if (status < 200 && status !== 101) {
      interim.push({ ...head, body: '', complete: true });
      at = start;
      continue;
    }
    if (status === 101 || framing === 'close') {
      answers.push({ ...head, body: text.slice(start), complete: status === 101 || ended === 'fin' });
      return { answers, interim, rest: '' };
    }
    const { body, complete, next } =
      framing === 'chunked'
        ? readChunks(text, start)
        : readLength(text, start, framing === 'none' ? 0 : Number(valuesOf(lines, 'content-length')[0]));
    answers.push({ ...head, body, complete });
    if (!complete) return { answers, interim, rest: '' };
    at = next;
  }
};
