import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Attempt } from '../exchange.ts';
import type { AttemptFailure } from '../retry.ts';
import { failureOf } from './attempt-failure.ts';
import type { OutgoingRequest } from './hardened-package.ts';
import { type AnswerHead, readAnswerHead } from './message-headers.ts';

/** The exchange of the attempts; notified of each step of the current attempt. */
export type AttemptOwner = {
  /** The attempt is the current one and has no response head yet. */
  isCurrent(attempt: UpstreamAttempt): boolean;
  connected(attempt: UpstreamAttempt): void;
  interim(response: IncomingMessage): void;
  answered(attempt: UpstreamAttempt, response: IncomingMessage, head: AnswerHead): void;
  /** Returns whether the connection becomes a tunnel, because the client asked for another protocol. */
  switched(attempt: UpstreamAttempt, response: IncomingMessage, socket: Socket, early: Buffer): boolean;
  failed(failure: AttemptFailure): void;
  /** The connection to the upstream failed after the response head. */
  failedLate(attempt: UpstreamAttempt): void;
};

/** The attempt of a ClientRequest: cheaper than listeners for each request. */
const attemptOf = Symbol('attempt');
type Carrying = ClientRequest & { [attemptOf]?: UpstreamAttempt };

function onInformation(this: Carrying, response: IncomingMessage): void {
  this[attemptOf]?.informed(response);
}

function onUpgrade(this: Carrying, response: IncomingMessage, socket: Socket, early: Buffer): void {
  this[attemptOf]?.upgraded(response, socket, early);
}

/** One request to one upstream through the package. */
export class UpstreamAttempt implements OutgoingRequest {
  readonly attempt: Attempt;
  readonly url = '/';
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly socket: Socket;
  readonly #target: string;
  readonly #owner: AttemptOwner;
  #request: Carrying | undefined;
  #connected = false;
  #sentBefore = 0;
  #receivedBefore = 0;
  #isCounted = false;

  constructor(
    owner: AttemptOwner,
    attempt: Attempt,
    message: {
      readonly method: string;
      readonly target: string;
      readonly headers: OutgoingHttpHeaders;
      readonly clientSocket: Socket;
    },
  ) {
    this.#owner = owner;
    this.attempt = attempt;
    this.method = message.method;
    this.headers = message.headers;
    this.socket = message.clientSocket;
    this.#target = message.target;
  }

  get request(): ClientRequest | undefined {
    return this.#request;
  }

  on(): void {}

  pipe(request: Carrying): void {
    this.#request = request;
    request.path = this.#target;
    request[attemptOf] = this;
    request.on('information', onInformation);
    request.on('upgrade', onUpgrade);
  }

  hasSocket(request: ClientRequest): void {
    const { socket } = request;
    if (!socket) return;
    if (socket.connecting) socket.once('connect', () => this.#connect(request));
    else this.#connect(request);
  }

  answered(response: IncomingMessage): void {
    if (!this.#owner.isCurrent(this)) {
      response.destroy();
      return;
    }
    const head = readAnswerHead(response);
    if (head) this.#owner.answered(this, response, head);
    else this.#owner.failed('invalid-head');
  }

  failed(error: NodeJS.ErrnoException): void {
    if (this.#owner.isCurrent(this)) this.#owner.failed(failureOf(error, this.#connected));
    else this.#owner.failedLate(this);
  }

  informed(response: IncomingMessage): void {
    // The proxy has already sent its own 100 to the client.
    if (response.statusCode !== 100 && this.#owner.isCurrent(this)) this.#owner.interim(response);
  }

  upgraded(response: IncomingMessage, socket: Socket, early: Buffer): void {
    const isCurrent = this.#owner.isCurrent(this);
    if (isCurrent && this.#owner.switched(this, response, socket, early)) return;
    // An unrequested 101: node:http ends the request without an error.
    socket.destroy();
    if (isCurrent) this.#owner.failed('invalid-head');
  }

  /** Sets the byte counts of the attempt. To be called before it ends. */
  countBytes(): void {
    const socket = this.#request?.socket;
    if (!this.#connected || this.#isCounted || !socket) return;
    this.#isCounted = true;
    this.attempt.bytesSent = socket.bytesWritten - this.#sentBefore;
    this.attempt.bytesReceived = socket.bytesRead - this.#receivedBefore;
  }

  #connect(request: ClientRequest): void {
    this.#connected = true;
    if (!this.#owner.isCurrent(this)) return;
    this.attempt.reused = request.reusedSocket;
    // A new connection has sent nothing, although its head may be queued and counted already.
    if (request.reusedSocket && request.socket) {
      this.#sentBefore = request.socket.bytesWritten;
      this.#receivedBefore = request.socket.bytesRead;
    }
    this.#owner.connected(this);
  }
}
