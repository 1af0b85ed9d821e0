import type { Socket } from 'node:net';
import type { HeldWrites, WriteBatch } from './write-batch.ts';

const maxLength = 65_536;

/** What one socket is to be sent at the end of this turn of the event loop, as one string of latin1 characters. */
export class HeldText implements HeldWrites {
  readonly #socket: Socket;
  readonly #batch: WriteBatch;
  #text = '';

  constructor(socket: Socket, batch: WriteBatch) {
    this.#socket = socket;
    this.#batch = batch;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  add(text: string): void {
    if (this.#text === '') this.#batch.add(this);
    this.#text += text;
    if (this.#text.length > maxLength) this.sendHeld();
  }

  /** Gives it away, to be sent together with something else. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Sends it now: whatever is written behind it must not overtake it. */
  sendHeld(): void {
    if (this.#text !== '' && this.#socket.writable) this.#socket.write(this.take(), 'latin1');
  }
}
