/** Wakes waiting conditions on every event, so that no case sleeps or polls. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  /** Checks every waiting condition again. */
  notify(): void {
    for (const check of [...this.#waiting]) check();
  }

  /** Resolves with true as soon as `holds` returns true, or with false after `withinMs`, a limit against hanging. */
  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (held: boolean): void => {
        clearTimeout(limit);
        this.#waiting.delete(check);
        resolve(held);
      };
      const check = (): void => {
        if (holds()) finish(true);
      };
      const limit = setTimeout(() => finish(holds()), withinMs);
      this.#waiting.add(check);
    });
  }
}
