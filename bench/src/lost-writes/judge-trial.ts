import { type FaultName, faults } from './faults.ts';
import type { LostWritesReport } from './run-lost-writes.ts';

/** A run that must lose nothing, and a control without synchronous commit, which must lose writes. */
export type Trial = { readonly report: LostWritesReport; readonly control: LostWritesReport };

/**
 * Killing a process can't reveal a missing fsync, so sequential commits must each cause one. Some are reported late.
 */
const syncsPerCommit = 0.9;
const minAcknowledged = 100;

export type TrialVerdict = {
  /** Sentences about what failed; empty when nothing did. */
  readonly broken: readonly string[];
  /** Sentences about why the trial is void. A void trial proves nothing when it finds no failure. */
  readonly voids: readonly string[];
  /** Whether nothing failed and the trial is not void. */
  readonly holds: boolean;
};

const findBroken = ({ report }: Trial): readonly string[] => {
  const { lost, doubled, unexpected } = report.verdict;
  const { syncs, commits } = report.walSyncs;
  const first = ([title]: readonly string[]): string => `the first is "${title}"`;
  return [
    ...(lost.length > 0 ? [`${lost.length} confirmed writes are not stored; ${first(lost)}.`] : []),
    ...(doubled.length > 0 ? [`${doubled.length} writes are stored twice; ${first(doubled)}.`] : []),
    ...(unexpected.length > 0
      ? [`${unexpected.length} writes are stored that were refused or never sent; ${first(unexpected)}.`]
      : []),
    ...(syncs < commits * syncsPerCommit
      ? [`${commits} sequential commits caused only ${syncs} syncs of the write-ahead log.`]
      : []),
  ];
};

const findVoids = ({ report, control }: Trial): readonly string[] => {
  const happened = new Set(report.faults.map(({ name }) => name));
  const missing = (Object.keys(faults) as FaultName[]).filter((name) => !happened.has(name));
  const { syncs, commits } = control.walSyncs;
  return [
    ...(missing.length > 0 ? [`The run was too short for some faults: ${missing.join(', ')}.`] : []),
    ...(report.outcomes.acknowledged.size < minAcknowledged
      ? [`Only ${report.outcomes.acknowledged.size} writes were confirmed.`]
      : []),
    ...(control.verdict.lost.length === 0
      ? ['The control lost nothing, so the trial could not have found a loss: run it again.']
      : []),
    ...(syncs >= commits * syncsPerCommit
      ? ['The control synced the log for each commit, so counting syncs proves nothing.']
      : []),
  ];
};

/** Judges a trial: passed, failed, or void. */
export const judgeTrial = (trial: Trial): TrialVerdict => {
  const [broken, voids] = [findBroken(trial), findVoids(trial)];
  return { broken, voids, holds: broken.length + voids.length === 0 };
};
