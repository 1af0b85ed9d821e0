import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { endOnSignal } from '../machine/end-on-signal.ts';
import { type FaultName, faults } from './faults.ts';
import type { Trial } from './judge-trial.ts';
import { type LostWritesOptions, type LostWritesReport, runLostWrites } from './run-lost-writes.ts';

export type TrialOptions = {
  readonly checkout: string;
  /** How long faults are injected; start, recovery and the control take additional time. */
  readonly seconds: number;
  readonly log: (line: string) => void;
};

const writers = 16;
const betweenFaultsMs = 2000;

/** Runs once and leaves neither processes nor files behind, also on Ctrl-C. */
const runAlone = async (options: Omit<LostWritesOptions, 'undo'>): Promise<LostWritesReport> => {
  const undo = createShutdownStack();
  return endOnSignal(undo, () => runLostWrites({ ...options, undo }));
};

/**
 * Writes for the given time while a fault is injected every 2 s. Then runs a control without synchronous commit,
 * which must lose writes.
 */
export const runTrial = async ({ checkout, seconds, log }: TrialOptions): Promise<Trial> => {
  const names = Object.keys(faults) as FaultName[];
  const count = Math.max(1, Math.round((seconds * 1000) / betweenFaultsMs));
  const sequence = Array.from({ length: count }, (_, index) => names[index % names.length] ?? 'kill a copy');
  const common = { checkout, writers, betweenFaultsMs, onProgress: log };
  log(
    `${seconds} s with a fault every ${betweenFaultsMs / 1000} s, and a control: about ${seconds + 40} s in total`,
  );
  const report = await runAlone({ ...common, synchronousCommit: 'on', faults: sequence });
  log('the control, with synchronous_commit off');
  const killed: readonly FaultName[] = ['kill Postgres', 'kill Postgres'];
  const control = await runAlone({ ...common, synchronousCommit: 'off', faults: killed });
  return { report, control };
};
