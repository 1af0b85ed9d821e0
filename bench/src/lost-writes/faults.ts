import { setTimeout as delay } from 'node:timers/promises';
import { findPostmaster } from '@tripod/embedded-postgres/postmaster';
import { listProcessTree, sendSignal } from '@tripod/shared/os/process-table';
import type { Arena, Copy } from './start-arena.ts';

export type FaultName = 'kill a copy' | 'kill Postgres' | 'stop a copy' | 'cut a wire';

/** The whole server at once, so that no part of it can still write what another had in memory. */
export const killPostgres = ({ dataDir }: Pick<Arena, 'dataDir'>): void => {
  const postmaster = findPostmaster(dataDir);
  if (postmaster === undefined) return;
  for (const pid of listProcessTree([postmaster.pid])) sendSignal(pid, 'SIGKILL');
};

/** Longer than the proxy waits for a check, shorter than a client gives up. */
const stoppedMs = 1500;
/** Longer than a copy waits for an answer of its database. */
const silentMs = 3500;

/** Each does its harm, and resolves when that is over: healing is left to those who were harmed. */
export const faults: Readonly<Record<FaultName, (arena: Arena, copy: Copy) => Promise<void>>> = {
  'kill a copy': (_arena, copy) => copy.process.restart(),
  'kill Postgres': async (arena) => killPostgres(arena),
  'stop a copy': async (_arena, copy) => {
    copy.process.signal('SIGSTOP');
    await delay(stoppedMs);
    copy.process.signal('SIGCONT');
  },
  'cut a wire': async (_arena, copy) => {
    copy.wire.silence();
    await delay(silentMs);
    await copy.wire.heal();
  },
};
