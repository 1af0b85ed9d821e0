import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Whether an HTTP/1.0 response needs `Connection: keep-alive`: node:http adds it only to responses with a length, which
 * a response without a body need not have.
 */
export const needsKeepAlive = (request: IncomingMessage, response: ServerResponse, status: number): boolean =>
  request.httpVersion === '1.0' &&
  response.shouldKeepAlive &&
  !response.hasHeader('Connection') &&
  (status === 204 || status === 304 || request.method === 'HEAD');

/** Notified of the progress of a response to the client. */
export type RelayUser = {
  /** This many bytes of the body were relayed; 0 when the client reads again. */
  moved(bytes: number): void;
  /** The whole response was received; `rest` is not written yet. */
  relayed(rest: Buffer | undefined): void;
  /** The connection to the upstream broke within the body. */
  brokeOff(): void;
};

/** Up to this size, writing a body as text together with its head is cheaper than a second write. */
const joinBytes = 8192;

/** Ends a response, with the last part of its body if there is one. */
export const endWith = (response: ServerResponse, rest: Buffer | undefined): void => {
  if (!rest) response.end();
  else if (rest.length <= joinBytes) response.end(rest.toString('latin1'), 'latin1');
  else response.end(rest);
};

/** Relays the body of one response from the upstream to the client, no faster than the client reads. */
export class AnswerRelay {
  readonly #from: IncomingMessage;
  readonly #to: ServerResponse;
  readonly #user: RelayUser;
  /** Bytes of the Content-Length that were not received yet; NaN without a length. */
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

  /**
   * The connection to the upstream failed. An end that follows is valid only if the whole response was received before.
   */
  failed(): void {
    this.#hasFailed = !this.#from.complete;
  }

  #data(piece: Buffer): void {
    this.#left -= piece.length;
    this.#user.moved(piece.length);
    if (this.#left === 0) {
      // Complete by its length: there is no need to wait for the end event.
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
    // node:http reports a reset as the end of a body that is delimited by the connection.
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
