/**
 * node tied-postgres.ts SETTINGS_JSON: runs a temporary Postgres while stdin is open, which is while the parent
 * lives; then stops it and deletes its data. Prints one line of JSON: `{ port, password, pid }` or `{ error }`.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sendSignal } from '@tripod/shared/os/process-table';
import { findBinaries } from './binaries.ts';
import { initialiseData } from './cluster.ts';
import { findIdentity } from './identity.ts';
import { launchPostgres, type RunningPostgres } from './launch-postgres.ts';
import { summarizeLog } from './log-file.ts';
import { findFreePort } from './port.ts';
import { clusterName, sweepRemains } from './postmaster.ts';

const maxAttempts = 5;

const settings = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'tripod-test-postgres-'));
const key = basename(folder).slice(-6);
const dataDir = join(folder, 'data');
const parentGone = new Promise<'stop'>((resolve) => {
  for (const event of ['end', 'error']) process.stdin.once(event, () => resolve('stop'));
  process.stdin.resume();
});

const start = async (password: string): Promise<RunningPostgres> => {
  // Root runs Postgres as another user, who must be able to pass through.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  const identity = findIdentity(undefined);
  const binaries = await findBinaries(identity);
  await initialiseData(dataDir, { binaries, identity, password, sync: false });
  const logFile = join(folder, 'log');
  const logFd = openSync(logFile, 'a', 0o600);
  const { postgres } = binaries;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const port = await findFreePort(randomInt(1_000_000));
    const options = { postgres, identity, dataDir, port, clusterName: clusterName(key), settings, logFd };
    const running = await launchPostgres(options);
    if (running) return running;
  }
  throw new Error(`Postgres for the tests does not start: ${summarizeLog(logFile, 0)}.`);
};

try {
  const password = randomBytes(24).toString('hex');
  const running = await start(password);
  console.log(JSON.stringify({ port: running.port, password, pid: running.pid }));
  if ((await Promise.race([parentGone, running.exited])) === 'stop') {
    // Immediate shutdown without a checkpoint: the data is deleted.
    sendSignal(running.pid, 'SIGQUIT');
    await running.exited;
  }
  await sweepRemains(dataDir, key, findIdentity(dataDir).uid ?? process.getuid?.() ?? 0);
} catch (error) {
  console.log(JSON.stringify({ error: (error as Error).message }));
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
