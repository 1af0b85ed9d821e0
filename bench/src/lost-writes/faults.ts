import { setTimeout as delay } from 'node:timers/promises';
import { findPostmaster } from '@tripod/embedded-postgres/postmaster';
import { listProcessTree, sendSignal } from '@tripod/shared/os/process-table';
import type { Copy, TestSystem } from './start-test-system.ts';

export type FaultName = 'kill a copy' | 'kill Postgres' | 'stop a copy' | 'cut a database connection';

/** Kills all processes of Postgres at once, so that none of them can still write what is in shared memory. */
export const killPostgres = ({ dataDir }: Pick<TestSystem, 'dataDir'>): void => {
  const postmaster = findPostmaster(dataDir);
  if (postmaster === undefined) return;
  for (const pid of listProcessTree([postmaster.pid])) sendSignal(pid, 'SIGKILL');
};

/** Longer than the time-out of a health check, shorter than that of a client. */
const stoppedMs = 1500;
/** Longer than a copy waits for its database. */
const silentMs = 3500;

/** Each injects a fault and resolves when it has ended. Recovery is up to the system. */
export const faults: Readonly<Record<FaultName, (system: TestSystem, copy: Copy) => Promise<void>>> = {
  'kill a copy': (_arena, copy) => copy.process.restart(),
  'kill Postgres': async (system) => killPostgres(system),
  'stop a copy': async (_arena, copy) => {
    copy.process.signal('SIGSTOP');
    await delay(stoppedMs);
    copy.process.signal('SIGCONT');
  },
  'cut a database connection': async (_arena, copy) => {
    copy.forwarder.silence();
    await delay(silentMs);
    await copy.forwarder.heal();
  },
};
