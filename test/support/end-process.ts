const graceMs = 3000;

/**
 * Jest waits for ever when a suite's afterAll threw before it closed its server. This ends the process a little after the
 * last test, unless it has ended by itself; Jest gives the run's result as the exit code either way.
 */
export const endProcess = (): void => {
  setTimeout(() => process.exit(), graceMs).unref();
};
