import type { Socket } from 'node:net';
import { BatchedText, type WriteBatch } from '../wire/batched-text.ts';
import type { ResponseSink } from './response-writer.ts';

/** Writes to one client's socket and controls the flow of what comes from it. */
export class ClientSocket implements ResponseSink {
  readonly #socket: Socket;
  readonly #text: BatchedText;
  readonly #onDrained: () => void;
  /** Borrowed buffers that the kernel has not taken completely. */
  #borrowed = 0;
  #paused = false;

  constructor(socket: Socket, batch: WriteBatch, onDrained: () => void) {
    this.#socket = socket;
    this.#text = new BatchedText(socket, batch);
    this.#onDrained = onDrained;
    socket.on('drain', () => {
      if (!this.isBlocked) onDrained();
    });
  }

  /**
   * Whether the client does not take what was written; a call of `onDrained` follows. One borrowed buffer is enough:
   * the buffers of several reads would be held for a client that does not read, however few bytes each of them holds.
   */
  get isBlocked(): boolean {
    return this.#borrowed > 0 || this.#socket.writableNeedDrain;
  }

  /** Whether the kernel has not taken all that was written yet. */
  get hasUnsent(): boolean {
    return this.#socket.writableLength > 0;
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
    let isBorrowed = false;
    this.#socket.write(bytes, (error) => {
      onWritten();
      if (!isBorrowed) return;
      this.#borrowed -= 1;
      if (!error && !this.isBlocked) this.#onDrained();
    });
    this.#socket.uncork();
    if (!this.hasUnsent) return;
    isBorrowed = true;
    this.#borrowed += 1;
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
    if (this.hasUnsent) return false;
    this.#socket.destroy();
    return true;
  }

  /** Resets the connection, so that the client sees that a response is incomplete. */
  reset(): void {
    // A reset behind a FIN that has not been sent yet leaks the descriptor (Node 24).
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}
