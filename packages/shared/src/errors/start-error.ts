/** The service can't start for a reason that the person who started it can mend; the message says how. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'StartError';
  }
}

/** Gives a failure that says in one sentence what to do, as those of embedded-postgres, the exit code of a start. */
export const toStartError = (error: unknown): StartError =>
  new StartError(error instanceof Error ? error.message : String(error), error);
