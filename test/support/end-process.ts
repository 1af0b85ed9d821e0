/** After so long Jest has settled the exit code. */
const settleMs = 500;
const graceMs = 3000;

/**
 * Jest waits for ever when a suite's afterAll threw before it closed its server. This ends the process a little after the
 * last test, unless it has ended by itself; Jest gives the run's result as the exit code either way. An end by itself is
 * cut short too: Node 24 spins for ever in it over a socket that was reset while its FIN was on its way.
 */
export const endProcess = (): void => {
  setTimeout(() => {
    // Registered behind Jest's own listener, which sets the code.
    process.on('exit', () => process.exit());
    setTimeout(() => process.exit(), graceMs).unref();
  }, settleMs);
};
