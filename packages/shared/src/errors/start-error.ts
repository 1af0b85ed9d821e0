/** The service can't start for a reason that the operator can fix; the message says how. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'StartError';
  }
}

/** Converts a failure whose message says what to do, such as one of embedded-postgres, to a StartError. */
export const toStartError = (error: unknown): StartError =>
  new StartError(error instanceof Error ? error.message : String(error), error);
