/** Something that holds bytes back until it is told to send them. */
export type HeldWrites = { sendHeld(): void };

/**
 * Holds small writes back until all that can be read in this turn of the event loop has been read. They then go out one
 * after the other: whoever reads them is woken once for many, and waking a process on another core costs more than
 * the write itself. A turn with one event is over at once, so nobody waits for company.
 */
export class WriteBatch {
  #holders: HeldWrites[] = [];

  /** Tells this holder, once, at the end of the turn. */
  add(holder: HeldWrites): void {
    this.#holders.push(holder);
    if (this.#holders.length === 1) setImmediate(this.#send);
  }

  readonly #send = (): void => {
    const holders = this.#holders;
    this.#holders = [];
    for (const holder of holders) holder.sendHeld();
  };
}
