/** Lets those who wait look again whenever something has happened, so that nothing sleeps and nothing polls. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  /** Something has changed. */
  notify(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves with true once `holds` is true, with false after `withinMs`, which is a guard and no measurement. */
  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (held: boolean): void => {
        clearTimeout(guard);
        this.#waiting.delete(look);
        resolve(held);
      };
      const look = (): void => {
        if (holds()) finish(true);
      };
      const guard = setTimeout(() => finish(holds()), withinMs);
      this.#waiting.add(look);
    });
  }
}
