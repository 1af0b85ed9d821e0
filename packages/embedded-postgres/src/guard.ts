/**
 * node guard.ts STATE_DIR [empty|end]: the process that owns Postgres. It runs in a session of its own, with the log
 * file as its stderr, and ends when its last user has left. With `empty` it deletes the data instead, with `end` it
 * ends what a killed guard has left. A special exit code says that another guard has the lock.
 */
import { emptyData } from './empty-data.ts';
import { endPostgres } from './end-postgres.ts';
import { lockTakenExitCode } from './guard-protocol.ts';
import { createLayout } from './layout.ts';
import { takeLock } from './lock.ts';
import { writeLogLine } from './log-file.ts';
import { runGuard } from './run-guard.ts';

const [stateDir, task] = process.argv.slice(2);
if (!stateDir) throw new Error('usage: guard STATE_DIR [empty|end]');
// The socket, the lock and the log are private to this user.
process.umask(0o077);
const layout = createLayout(stateDir);
// stderr is a file, which may be on a full disk.
process.stderr.on('error', () => undefined);
const lock = takeLock(layout.lockFile);
if (!lock) process.exit(lockTakenExitCode);
try {
  if (task === 'empty') await emptyData(layout);
  else if (task === 'end') await endPostgres(layout);
  else await runGuard(layout);
} catch (error) {
  writeLogLine((error as Error).message);
  process.exitCode = 1;
}
// The lock is released by the end of the process: the next guard must not meet what a killed Postgres left open.
process.exit();
