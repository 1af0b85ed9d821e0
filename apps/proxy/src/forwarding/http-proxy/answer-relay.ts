import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Whether a client of HTTP/1.0 must be told that its connection stays: node:http does so only where it sees a length, which
 * an answer without a body need not have.
 */
export const staysOpenBodiless = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
): boolean =>
  request.httpVersion === '1.0' &&
  response.shouldKeepAlive &&
  !response.hasHeader('Connection') &&
  (status === 204 || status === 304 || request.method === 'HEAD');

/** Told what becomes of an answer on its way to the client. */
export type RelayUser = {
  /** So many bytes of the body went on, or the client reads again (0). */
  moved(bytes: number): void;
  /** All of the answer has come, and `rest` of it is not written yet. */
  relayed(rest: Buffer | undefined): void;
  /** The upstream broke off within the body. */
  brokeOff(): void;
};

/** Up to this size a body is cheaper to write as text together with its head than as bytes behind it. */
const joinBytes = 8192;

/** Ends a response, with the last piece of its body if there is one. */
export const endWith = (response: ServerResponse, rest: Buffer | undefined): void => {
  if (!rest) response.end();
  else if (rest.length <= joinBytes) response.end(rest.toString('latin1'), 'latin1');
  else response.end(rest);
};

/** Moves the body of one answer from the upstream to the client, no faster than the client reads. */
export class AnswerRelay {
  readonly #from: IncomingMessage;
  readonly #to: ServerResponse;
  readonly #user: RelayUser;
  /** Bytes of a known length that are still to come; NaN when there is none. */
  #left: number;
  #done = false;
  #hasFailed = false;

  constructor(from: IncomingMessage, to: ServerResponse, length: number, user: RelayUser) {
    this.#from = from;
    this.#to = to;
    this.#user = user;
    this.#left = length;
    from.on('data', (piece: Buffer) => this.#data(piece));
    from.on('end', () => this.#ended());
    from.on('error', () => this.#closed());
    from.on('close', () => this.#closed());
  }

  /** The upstream's connection failed: unless all had come before, an end that comes now is none. */
  failed(): void {
    this.#hasFailed = !this.#from.complete;
  }

  #data(piece: Buffer): void {
    this.#left -= piece.length;
    this.#user.moved(piece.length);
    if (this.#left === 0) {
      // By its length it is whole: the connection's own end of it need not be waited for.
      this.#finish(piece);
      return;
    }
    if (this.#to.write(piece)) return;
    this.#from.pause();
    this.#to.once('drain', () => {
      this.#user.moved(0);
      this.#from.resume();
    });
  }

  #ended(): void {
    // node:http takes a reset for the end of a body that the connection delimits.
    if (this.#hasFailed) this.#closed();
    else this.#finish(undefined);
  }

  #finish(rest: Buffer | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.#user.relayed(rest);
  }

  #closed(): void {
    if (this.#done || (this.#from.complete && !this.#hasFailed)) return;
    this.#done = true;
    this.#user.brokeOff();
  }
}
