/** The service can't start for a reason that the person who started it can mend; the message says how. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'StartError';
  }
}
