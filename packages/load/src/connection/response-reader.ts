import { ChunkedScanner } from '@tripod/http-wire/chunked-scanner';
import { checkCharacters, parseLength, visitHeaders } from '@tripod/http-wire/header-lines';
import { malformed } from '@tripod/http-wire/message-error';
import type { LoadResponse } from '../scenario/scenario.ts';

const headEnd = Buffer.from('\r\n\r\n');
const maxHeadBytes = 65_536;
const none = Buffer.alloc(0);

/** The value of the first header line with this name (in lower case) in the text of a head. */
const findHeader = (head: string, wanted: string): string | undefined => {
  let found: string | undefined;
  visitHeaders(head, head.indexOf('\r\n') + 2, 'response', (name, value) => {
    if (name === wanted) found ??= value;
  });
  return found;
};

type Framing = { readonly status: number; length: number; chunked: boolean; closes: boolean };

const parseFraming = (head: string): Framing => {
  checkCharacters(head, 'response');
  const line = /^HTTP\/1\.([01]) (\d{3})(?: |\r)/.exec(head);
  if (!line) throw malformed('response', 'The status line is malformed.');
  const framing: Framing = { status: Number(line[2]), length: -1, chunked: false, closes: line[1] === '0' };
  visitHeaders(head, head.indexOf('\r\n') + 2, 'response', (name, value) => {
    if (name === 'content-length') framing.length = parseLength(value, 'response');
    else if (name === 'transfer-encoding') framing.chunked = true;
    else if (name === 'connection') framing.closes = /\bclose\b/i.test(value) || framing.closes;
  });
  return framing;
};

/** Reads the responses of one connection, one after the other. */
export class ResponseReader {
  #pending: Buffer = none;
  #head = '';
  #framing: Framing | undefined;
  #left = 0;
  #scanner: ChunkedScanner | undefined;
  #pieces: Buffer[] = [];
  #isBodiless = false;

  /** Whether the connection ends behind the last response. */
  get closes(): boolean {
    return this.#framing?.closes ?? false;
  }

  /** Expects the response to a request; that to HEAD has no body. */
  begin(method: string): void {
    this.#isBodiless = method === 'HEAD';
    this.#framing = undefined;
    this.#pieces = [];
  }

  /**
   * Reads the next bytes, which must not be changed afterwards. Returns the response when it has ended. Throws a
   * MessageError for a malformed response and for bytes behind it.
   */
  read(bytes: Buffer): LoadResponse | undefined {
    const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    this.#pending = none;
    let at = 0;
    while (this.#framing === undefined) {
      const end = all.indexOf(headEnd, at);
      if (end === -1) {
        if (all.length - at > maxHeadBytes) throw malformed('response', 'The head is too large.');
        this.#pending = all.subarray(at);
        return undefined;
      }
      this.#head = all.toString('latin1', at, end + headEnd.length);
      at = end + headEnd.length;
      const framing = parseFraming(this.#head);
      if (framing.status >= 200) this.#beginBody(framing);
    }
    return this.#readBody(all, at);
  }

  /** The server has ended the connection. Returns the response if that is its regular end (RFC 9112 6.3). */
  end(): LoadResponse | undefined {
    if (this.#framing === undefined || this.#left !== Number.POSITIVE_INFINITY) return undefined;
    this.#framing.closes = true;
    return this.#response(this.#framing);
  }

  #beginBody(framing: Framing): void {
    this.#framing = framing;
    const { status, length, chunked } = framing;
    const isEmpty = this.#isBodiless || status === 204 || status === 304;
    this.#scanner = chunked && !isEmpty ? new ChunkedScanner('response') : undefined;
    this.#left = isEmpty || chunked ? 0 : length === -1 ? Number.POSITIVE_INFINITY : length;
  }

  #readBody(bytes: Buffer, start: number): LoadResponse | undefined {
    const scanner = this.#scanner;
    let next = start;
    if (scanner) {
      next = scanner.scan(bytes, start, bytes.length);
      this.#keep(bytes, scanner.dataStart, scanner.dataEnd);
      if (!scanner.done) return undefined;
    } else {
      next = Math.min(bytes.length, start + this.#left);
      this.#keep(bytes, start, next);
      this.#left -= next - start;
      if (this.#left > 0) return undefined;
    }
    if (next < bytes.length) throw malformed('response', 'Bytes follow the response.');
    return this.#framing && this.#response(this.#framing);
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (to > from) this.#pieces.push(bytes.subarray(from, to));
  }

  #response({ status }: Framing): LoadResponse {
    const head = this.#head;
    const pieces = this.#pieces;
    return {
      status,
      get body() {
        return Buffer.concat(pieces).toString();
      },
      bodyBytes: pieces.reduce((sum, { length }) => sum + length, 0),
      header: (name) => findHeader(head, name.toLowerCase()),
    };
  }
}
