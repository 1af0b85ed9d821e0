import type { Socket } from 'node:net';
import { isEncrypted, resetConnection } from '../../tls-listener.ts';
import { BatchedText, type WriteBatch } from '../wire/batched-text.ts';
import type { ResponseSink } from './response-writer.ts';

/** Writes to one client's socket and controls the flow of what comes from it. */
export class ClientSocket implements ResponseSink {
  readonly #socket: Socket;
  readonly #text: BatchedText;
  #paused = false;

  constructor(socket: Socket, batch: WriteBatch) {
    this.#socket = socket;
    this.#text = new BatchedText(socket, batch);
  }

  /** Whether the client does not take what was written; a `drain` event of the socket follows. */
  get isBlocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  write(data: string | Buffer): void {
    if (typeof data === 'string') {
      this.#text.add(data);
      return;
    }
    this.#text.flush();
    this.#socket.write(data);
  }

  writeBoth(text: string, bytes: Buffer, onWritten: () => void): void {
    const before = this.#text.take() + text;
    this.#socket.cork();
    if (before !== '') this.#socket.write(before, 'latin1');
    this.#socket.write(bytes, onWritten);
    this.#socket.uncork();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  /** Ends the sending side after what was written; `onSent` is called when the last byte has left the process. */
  end(onSent?: () => void): void {
    this.#text.flush();
    this.#socket.end(onSent);
  }

  /** Closes the connection if nothing waits to be sent, and returns whether it did. */
  closeIfSent(): boolean {
    this.#text.flush();
    if (this.#socket.writableLength > 0 || isEncrypted(this.#socket)) return false;
    this.#socket.destroy();
    return true;
  }

  /** Resets the connection, so that the client sees that a response is incomplete. */
  reset(): void {
    // A reset behind a FIN that has not been sent yet leaks the descriptor (Node 24).
    if (this.#socket.writableEnded) this.#socket.destroy();
    else resetConnection(this.#socket);
  }
}
