/**
 * node guard.ts STATE_DIR [empty]: the process that Postgres belongs to, in a session of its own, its stderr the log file.
 * It ends when its last user has left. With `empty` it deletes the data instead. The exit code says when another guard has the lock.
 */
import { emptyData } from './empty-data.ts';
import { lockTakenExitCode } from './guard-protocol.ts';
import { createLayout } from './layout.ts';
import { takeLock } from './lock.ts';
import { runGuard } from './run-guard.ts';

const [stateDir, task] = process.argv.slice(2);
if (!stateDir) throw new Error('usage: guard STATE_DIR [empty]');
// The socket, the lock and the log are for this user alone.
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
// The lock goes with the process, not before it: what a killed Postgres leaves open must not meet the next guard.
process.exit();
