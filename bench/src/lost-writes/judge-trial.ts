import { type FaultName, faults } from './faults.ts';
import type { LostWritesReport } from './run-lost-writes.ts';

/** A run that must lose nothing, and one whose database does not wait for its disk and therefore must. */
export type Trial = { readonly report: LostWritesReport; readonly control: LostWritesReport };

/** A process kill shows no missing sync: each commit that comes alone has to be one. Some are told of late. */
const syncsPerCommit = 0.9;
const leastAcknowledged = 100;

export type TrialVerdict = {
  /** Sentences that say what was broken; none when everything is as it must be. */
  readonly broken: readonly string[];
  /** Sentences that say why the trial is void: to have found nothing broken then proves nothing. */
  readonly voids: readonly string[];
  /** Neither broken nor void. */
  readonly holds: boolean;
};

const findBroken = ({ report }: Trial): readonly string[] => {
  const { lost, doubled, unasked } = report.verdict;
  const { syncs, commits } = report.walSyncs;
  const first = ([title]: readonly string[]): string => `the first is "${title}"`;
  return [
    ...(lost.length > 0 ? [`${lost.length} confirmed writes are not stored; ${first(lost)}.`] : []),
    ...(doubled.length > 0 ? [`${doubled.length} writes are stored twice; ${first(doubled)}.`] : []),
    ...(unasked.length > 0
      ? [`${unasked.length} writes are stored that were refused or never sent; ${first(unasked)}.`]
      : []),
    ...(syncs < commits * syncsPerCommit
      ? [`${commits} commits, one after the other, were followed by ${syncs} syncs of the log only.`]
      : []),
  ];
};

const findVoids = ({ report, control }: Trial): readonly string[] => {
  const happened = new Set(report.faults.map(({ name }) => name));
  const missing = (Object.keys(faults) as FaultName[]).filter((name) => !happened.has(name));
  const { syncs, commits } = control.walSyncs;
  return [
    ...(missing.length > 0 ? [`It was too short for some faults: ${missing.join(', ')}.`] : []),
    ...(report.outcomes.acknowledged.size < leastAcknowledged
      ? [`Only ${report.outcomes.acknowledged.size} writes were confirmed.`]
      : []),
    ...(control.verdict.lost.length === 0
      ? ['The control lost nothing, so losing nothing says nothing: run it again.']
      : []),
    ...(syncs >= commits * syncsPerCommit
      ? ['The control synced its log for each commit, so counting syncs says nothing.']
      : []),
  ];
};

/** What a trial has shown: that it holds, that something is broken, or, being void, neither. */
export const judgeTrial = (trial: Trial): TrialVerdict => {
  const [broken, voids] = [findBroken(trial), findVoids(trial)];
  return { broken, voids, holds: broken.length + voids.length === 0 };
};
