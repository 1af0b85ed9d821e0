import { type FaultName, faults } from './faults.ts';
import { type LostWritesReport, runLostWrites } from './run-lost-writes.ts';

export type TrialOptions = {
  readonly checkout: string;
  /** How long faults go on; starting, healing and the control come on top. */
  readonly seconds: number;
  readonly say: (line: string) => void;
};

const writers = 16;
const betweenFaultsMs = 2000;

const describe = (title: string, report: LostWritesReport): string => {
  const { outcomes, verdict, walSyncs } = report;
  const answers = [...outcomes.answers].map(([answer, count]) => `${answer} ${count}`).join(', ');
  const slowest = Math.max(...report.faults.map(({ untilAcknowledgedMs }) => untilAcknowledgedMs));
  return [
    title,
    `  faults                              ${report.faults.length}; at most ${(slowest / 1000).toFixed(1)} s until the next confirmed write`,
    `  confirmed / unknown / refused       ${outcomes.acknowledged.size} / ${outcomes.unknown.size} / ${outcomes.refused.size}`,
    `  answers other than 200              ${answers || 'none'}`,
    `  stored                              ${verdict.stored}`,
    `  confirmed and not stored            ${verdict.lost.length}`,
    `  stored twice                        ${verdict.doubled.length}`,
    `  stored, neither confirmed nor unknown  ${verdict.unasked.length}`,
    `  syncs of the log / single commits   ${walSyncs.syncs} / ${walSyncs.commits}`,
  ].join('\n');
};

/**
 * Writes for as long as wanted while every 2 s something is killed, stopped or cut off; then a control whose database
 * does not wait for its disk, and must lose writes, or the trial is void. Resolves with the counts for people, and
 * whether all is as it must be.
 */
export const tryLostWrites = async ({ checkout, seconds, say }: TrialOptions) => {
  const names = Object.keys(faults) as FaultName[];
  const count = Math.max(1, Math.round((seconds * 1000) / betweenFaultsMs));
  const sequence = Array.from({ length: count }, (_, index) => names[index % names.length] ?? 'kill a copy');
  const common = { checkout, writers, betweenFaultsMs, onProgress: say };
  const report = await runLostWrites({ ...common, synchronousCommit: 'on', faults: sequence });
  say('the control, with synchronous_commit off');
  const killed: readonly FaultName[] = ['kill Postgres', 'kill Postgres'];
  const control = await runLostWrites({ ...common, synchronousCommit: 'off', faults: killed });
  const { lost, doubled, unasked } = report.verdict;
  const isVoid = control.verdict.lost.length === 0;
  return {
    text: [
      describe('synchronous_commit on', report),
      describe('the control: synchronous_commit off', control),
      ...(isVoid ? ['The control lost nothing: this trial proves nothing.'] : []),
    ].join('\n\n'),
    holds: lost.length + doubled.length + unasked.length === 0 && !isVoid,
  };
};
