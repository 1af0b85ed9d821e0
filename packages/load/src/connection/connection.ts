import { connect, type Socket } from 'node:net';
import type { LoadResponse } from '../scenario/scenario.ts';
import { ResponseReader } from './response-reader.ts';

/** Where requests go. */
export type Target = { readonly hostname: string; readonly port: number };

/** Why no response came, as it is counted. */
export class NoResponse extends Error {
  override readonly name = 'NoResponse';
}

type Waiting = {
  readonly resolve: (response: LoadResponse) => void;
  readonly reject: (reason: NoResponse) => void;
};

const reasonOf = (error: NodeJS.ErrnoException | undefined): string =>
  error?.code === undefined ? 'connection closed without a response' : `connection failed: ${error.code}`;

/** One keep-alive connection. It carries one request at a time, and is opened anew when the server has closed it. */
export class Connection {
  readonly #target: Target;
  readonly #reader = new ResponseReader();
  #socket: Socket | undefined;
  #waiting: Waiting | undefined;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Whether it is open, or being opened. */
  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  /** Opens the connection; does nothing when it is open. Rejects with a NoResponse when the server can't be reached. */
  open(): Promise<void> {
    if (this.#socket) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.#target.hostname, port: this.#target.port, noDelay: true });
      let error: NodeJS.ErrnoException | undefined;
      this.#socket = socket;
      socket.once('connect', resolve);
      socket.on('data', (bytes) => this.#read(bytes));
      socket.on('end', () => this.#ended());
      socket.on('error', (cause: NodeJS.ErrnoException) => {
        error = cause;
      });
      socket.once('close', () => {
        const reason = new NoResponse(reasonOf(error));
        reject(reason);
        if (this.#socket === socket) this.#fail(reason);
      });
    });
  }

  /**
   * Sends a request, whose text is complete, and resolves with its response. Rejects with a NoResponse when none comes.
   * The connection must be open.
   */
  send(method: string, text: string, deadlineMs: number): Promise<LoadResponse> {
    const socket = this.#socket;
    if (!socket || this.#waiting) throw new Error('Connection: not open, or busy');
    this.#deadlineMs = deadlineMs;
    this.#reader.begin(method);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      socket.write(text);
    });
  }

  /** Ends a request that has waited for too long. */
  checkDeadline(nowMs: number): void {
    if (this.#waiting && nowMs > this.#deadlineMs) this.#fail(new NoResponse('timed out'));
  }

  close(): void {
    this.#fail(new NoResponse('the run ended'));
  }

  #read(bytes: Buffer): void {
    try {
      const response = this.#reader.read(bytes);
      if (response) this.#finish(response);
    } catch {
      this.#fail(new NoResponse('malformed response'));
    }
  }

  #ended(): void {
    const response = this.#waiting && this.#reader.end();
    if (response) this.#finish(response);
  }

  #finish(response: LoadResponse): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (this.#reader.closes) this.#drop();
    if (waiting) waiting.resolve(response);
    // The server spoke without having been asked.
    else this.#drop();
  }

  #fail(reason: NoResponse): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#drop();
    waiting?.reject(reason);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}
