import { type Framing, headEnd, headerLines, readChunks, readLength, valuesOf } from './message-text.ts';

/** One response as a client reads it. */
export type Answer = {
  readonly status: number;
  readonly version: string;
  readonly reason: string;
  /** Each as `name: value`, names in lower case. */
  readonly lines: readonly string[];
  readonly framing: Framing;
  readonly body: string;
  /** Whether a client would take it for complete. */
  readonly whole: boolean;
};

export type ReadAnswers = {
  readonly answers: readonly Answer[];
  /** Status numbers of the interim responses (1xx but 101), in order. */
  readonly interim: readonly Answer[];
  /** What came behind the last answer and is none. */
  readonly rest: string;
};

export type ReadOptions = {
  /** Whether the answer of this number, counted from 0, is one to a HEAD. */
  readonly isHead: (index: number) => boolean;
  /** How the connection ended, undefined while it is open. */
  readonly ended: 'fin' | 'reset' | undefined;
};

const statusLine = /^HTTP\/(1\.[01]) (\d{3}) ?(.*)$/;

const framingOf = (status: number, lines: readonly string[], isHead: boolean): Framing => {
  if (isHead || status === 204 || status === 304 || status < 200) return 'none';
  if (valuesOf(lines, 'transfer-encoding').length > 0) return 'chunked';
  return valuesOf(lines, 'content-length').length > 0 ? 'length' : 'close';
};

/** Reads received text as a client does that trusts the server: by what each response says of its length. */
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
      interim.push({ ...head, body: '', whole: true });
      at = start;
      continue;
    }
    if (status === 101 || framing === 'close') {
      answers.push({ ...head, body: text.slice(start), whole: status === 101 || ended === 'fin' });
      return { answers, interim, rest: '' };
    }
    const { body, whole, next } =
      framing === 'chunked'
        ? readChunks(text, start)
        : readLength(text, start, framing === 'none' ? 0 : Number(valuesOf(lines, 'content-length')[0]));
    answers.push({ ...head, body, whole });
    if (!whole) return { answers, interim, rest: '' };
    at = next;
  }
};
