import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { endOnSignal } from '../machine/end-on-signal.ts';
import { type FaultName, faults } from './faults.ts';
import type { Trial } from './judge-trial.ts';
import { type LostWritesOptions, type LostWritesReport, runLostWrites } from './run-lost-writes.ts';

export type TrialOptions = {
  readonly checkout: string;
  /** How long faults go on; starting, healing and the control come on top. */
  readonly seconds: number;
  readonly say: (line: string) => void;
};

const writers = 16;
const betweenFaultsMs = 2000;

/** A run that leaves neither processes nor files behind, also on Ctrl-C. */
const runAlone = async (options: Omit<LostWritesOptions, 'undo'>): Promise<LostWritesReport> => {
  const undo = createShutdownStack();
  return endOnSignal(undo, () => runLostWrites({ ...options, undo }));
};

/**
 * Writes for as long as wanted while every 2 s something is killed, stopped or cut off; then a control whose database
 * does not wait for its disk, and must lose writes.
 */
export const tryLostWrites = async ({ checkout, seconds, say }: TrialOptions): Promise<Trial> => {
  const names = Object.keys(faults) as FaultName[];
  const count = Math.max(1, Math.round((seconds * 1000) / betweenFaultsMs));
  const sequence = Array.from({ length: count }, (_, index) => names[index % names.length] ?? 'kill a copy');
  const common = { checkout, writers, betweenFaultsMs, onProgress: say };
  say(
    `${seconds} s of faults, one every ${betweenFaultsMs / 1000} s, and a control: about ${seconds + 40} s in all`,
  );
  const report = await runAlone({ ...common, synchronousCommit: 'on', faults: sequence });
  say('the control, with synchronous_commit off');
  const killed: readonly FaultName[] = ['kill Postgres', 'kill Postgres'];
  const control = await runAlone({ ...common, synchronousCommit: 'off', faults: killed });
  return { report, control };
};
