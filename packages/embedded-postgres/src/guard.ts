/**
 * node guard.ts STATE_DIR [empty]: the process that owns Postgres. It runs in a session of its own, with the log file
 * as its stderr, and ends when its last user has left. With `empty` it deletes the data instead. A special exit code
 * says that another guard has the lock.
 */
import { emptyData } from './empty-data.ts';
import { lockTakenExitCode } from './guard-protocol.ts';
import { createLayout } from './layout.ts';
import { takeLock } from './lock.ts';
import { runGuard } from './run-guard.ts';

const [stateDir, task] = process.argv.slice(2);
if (!stateDir) throw new Error('usage: guard STATE_DIR [empty]');
// The socket, the lock and the log are private to this user.
process.umask(0o077);
const layout = createLayout(stateDir);
const lock = takeLock(layout.lockFile);
if (!lock) process.exit(lockTakenExitCode);
try {
  await (task === 'empty' ? emptyData(layout) : runGuard(layout));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
// The lock is released by the end of the process: the next guard must not meet what a killed Postgres left open.
process.exit();
