/** What stands between this process and being sent requests. */
export type Readiness = {
  /** Adds a named condition: undefined when it is met, otherwise a short reason. */
  require(name: string, reason: () => string | undefined): void;
  /** Adds something to tell about a process that may well be ready; undefined when there is nothing to tell. */
  note(name: string, text: () => string | undefined): void;
  /** From now on the process is not ready: it is going away. */
  startDraining(): void;
  readonly draining: boolean;
  /** Reasons by name; empty when ready. */
  reasons(): Readonly<Record<string, string>>;
  /** What there is to tell, by name. */
  notes(): Readonly<Record<string, string>>;
};

const told = (texts: ReadonlyMap<string, () => string | undefined>): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [name, text] of texts) {
    const now = text();
    if (now !== undefined) found[name] = now;
  }
  return found;
};

export const createReadiness = (): Readiness => {
  const conditions = new Map<string, () => string | undefined>();
  const remarks = new Map<string, () => string | undefined>();
  let draining = false;
  return {
    require: (name, reason) => void conditions.set(name, reason),
    note: (name, text) => void remarks.set(name, text),
    startDraining: () => {
      draining = true;
    },
    get draining() {
      return draining;
    },
    reasons: () => ({ ...(draining ? { process: 'draining' } : {}), ...told(conditions) }),
    notes: () => told(remarks),
  };
};
