/** What stands between this process and being sent requests. */
export type Readiness = {
  /** Adds a named condition: undefined when it is met, otherwise a short reason. */
  require(name: string, reason: () => string | undefined): void;
  /** From now on the process is not ready: it is going away. */
  startDraining(): void;
  readonly draining: boolean;
  /** Reasons by name; empty when ready. */
  reasons(): Readonly<Record<string, string>>;
};

export const createReadiness = (): Readiness => {
  const conditions = new Map<string, () => string | undefined>();
  let draining = false;
  return {
    require: (name, reason) => void conditions.set(name, reason),
    startDraining: () => {
      draining = true;
    },
    get draining() {
      return draining;
    },
    reasons: () => {
      const found: Record<string, string> = draining ? { process: 'draining' } : {};
      for (const [name, reason] of conditions) {
        const why = reason();
        if (why !== undefined) found[name] = why;
      }
      return found;
    },
  };
};
