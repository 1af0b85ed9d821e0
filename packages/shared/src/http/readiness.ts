/** Whether this process should be sent requests, and the reasons when it should not. */
export type Readiness = {
  /** Adds a named condition, whose function returns undefined when it is met and otherwise a short reason. */
  require(name: string, reason: () => string | undefined): void;
  /** Adds a named note for /readyz that does not affect readiness; its function may return undefined. */
  note(name: string, text: () => string | undefined): void;
  /** Makes the process not ready for good, because it is about to stop. */
  startDraining(): void;
  readonly draining: boolean;
  /** Reasons by name; empty when ready. */
  reasons(): Readonly<Record<string, string>>;
  /** Notes by name. */
  notes(): Readonly<Record<string, string>>;
};

const evaluate = (texts: ReadonlyMap<string, () => string | undefined>): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [name, text] of texts) {
    const now = text();
    if (now !== undefined) found[name] = now;
  }
  return found;
};

export const createReadiness = (): Readiness => {
  const conditions = new Map<string, () => string | undefined>();
  const notes = new Map<string, () => string | undefined>();
  let draining = false;
  return {
    require: (name, reason) => void conditions.set(name, reason),
    note: (name, text) => void notes.set(name, text),
    startDraining: () => {
      draining = true;
    },
    get draining() {
      return draining;
    },
    reasons: () => ({ ...(draining ? { process: 'draining' } : {}), ...evaluate(conditions) }),
    notes: () => evaluate(notes),
  };
};
