import type { Socket } from 'node:net';
import type { AnswerSink } from './answer-writer.ts';
import { HeldText } from './held-text.ts';
import type { WriteBatch } from './write-batch.ts';

/** The way to one client, and the flow of what comes from it. */
export class ClientSocket implements AnswerSink {
  readonly #socket: Socket;
  readonly #held: HeldText;
  #paused = false;

  constructor(socket: Socket, batch: WriteBatch) {
    this.#socket = socket;
    this.#held = new HeldText(socket, batch);
  }

  /** Whether what was written waits for a slow reader. */
  get isBlocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  write(data: string | Buffer): void {
    if (typeof data === 'string') {
      this.#held.add(data);
      return;
    }
    this.#held.sendHeld();
    this.#socket.write(data);
  }

  writeBoth(text: string, bytes: Buffer, onWritten: () => void): void {
    const both = this.#held.take() + text;
    this.#socket.cork();
    if (both !== '') this.#socket.write(both, 'latin1');
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

  /** Ends the way to the client behind all that was written; told when the last of it has left. */
  end(onLeft?: () => void): void {
    this.#held.sendHeld();
    this.#socket.end(onLeft);
  }

  /** Closes the connection if nothing waits to be sent; tells whether it did. */
  closeAtOnce(): boolean {
    this.#held.sendHeld();
    if (this.#socket.writableLength > 0) return false;
    this.#socket.destroy();
    return true;
  }

  /** Breaks the connection so that the client sees it. */
  cut(): void {
    // A reset behind a FIN that is still on its way would leak the descriptor (Node 24).
    if (this.#socket.writableEnded) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }
}
