/** Time after which Jest has set the exit code. */
const settleMs = 500;
const graceMs = 3000;

/**
 * Exits the process a little after the last test, with the exit code that Jest has set. Without it Jest never exits
 * when an afterAll threw before it closed its server, and Node 24 never exits after a socket was reset while its FIN
 * was in flight.
 */
export const endProcess = (): void => {
  setTimeout(() => {
    // Runs after the listener of Jest, which sets the code.
    process.on('exit', () => process.exit());
    setTimeout(() => process.exit(), graceMs).unref();
  }, settleMs);
};
