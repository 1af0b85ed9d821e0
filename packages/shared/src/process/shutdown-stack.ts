/** Undo steps, run last-in-first-out, each once. */
export type ShutdownStack = {
  push(name: string, undo: () => void | Promise<void>): void;
  /** Runs every step even when one fails, then throws the first failure. Later calls wait for the first. */
  unwind(): Promise<void>;
};

export const createShutdownStack = (): ShutdownStack => {
  const steps: { readonly name: string; readonly undo: () => void | Promise<void> }[] = [];
  let unwinding: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    let first: { readonly error: unknown } | undefined;
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        first ??= { error: new Error(`stopping ${step.name} failed`, { cause: error }) };
      }
    }
    if (first) throw first.error;
  };
  return {
    push: (name, undo) => void steps.push({ name, undo }),
    unwind: () => {
      unwinding ??= run();
      return unwinding;
    },
  };
};
