import { columns } from '../text/columns.ts';
import { formatNumber } from '../text/format-number.ts';
import { judgeTrial, type Trial } from './judge-trial.ts';
import type { LostWritesReport } from './run-lost-writes.ts';

/** The counts of one run. The verdict depends on those in `mustBeZero`. */
export const countRun = ({ outcomes, verdict, faults, walSyncs }: LostWritesReport) => {
  const byKind: Record<string, { times: number; slowestMs: number }> = {};
  for (const { name, untilAcknowledgedMs } of faults) {
    const { times, slowestMs } = byKind[name] ?? { times: 0, slowestMs: 0 };
    byKind[name] = { times: times + 1, slowestMs: Math.round(Math.max(slowestMs, untilAcknowledgedMs)) };
  }
  return {
    faults: byKind,
    acknowledged: outcomes.acknowledged.size,
    unknown: outcomes.unknown.size,
    refused: outcomes.refused.size,
    answers: Object.fromEntries([...outcomes.answers].sort(([, one], [, other]) => other - one)),
    stored: verdict.stored,
    mustBeZero: {
      lost: verdict.lost.length,
      doubled: verdict.doubled.length,
      unexpected: verdict.unexpected.length,
    },
    walSyncs,
  };
};

type Counts = ReturnType<typeof countRun>;

const faultRows = (runs: readonly Counts[]): string[][] => {
  const kinds = [...new Set(runs.flatMap(({ faults }) => Object.keys(faults)))];
  return kinds.map((kind) => [
    `  ${kind}`,
    ...runs.map(({ faults: { [kind]: fault } }) =>
      fault === undefined
        ? '0'
        : `${fault.times} (at most ${formatNumber(fault.slowestMs / 1000)} s until the next confirmed write)`,
    ),
  ]);
};
const answerRows = (runs: readonly Counts[]): string[][] => {
  const answers = [...new Set(runs.flatMap((run) => Object.keys(run.answers)))];
  return answers.map((answer) => [
    `  ${answer}`,
    ...runs.map((run) => formatNumber(run.answers[answer] ?? 0)),
  ]);
};

const describeVerdict = (trial: Trial): readonly string[] => {
  const { broken, voids, holds } = judgeTrial(trial);
  if (holds) {
    return [
      'No confirmed write was lost or stored twice, and the control shows that the trial would have found it.',
    ];
  }
  // A failure counts also in a void trial.
  return broken.length > 0 ? ['Failed:', ...broken, ...voids] : ['This trial is void:', ...voids];
};

/** Both runs side by side and the verdict, as text. */
export const describeTrial = (trial: Trial): string => {
  const runs = [countRun(trial.report), countRun(trial.control)];
  const row = (name: string, count: (run: Counts) => number): string[] => [
    name,
    ...runs.map((run) => formatNumber(count(run))),
  ];
  return [
    columns([
      ['', 'synchronous_commit on', 'the control: off'],
      ['faults'],
      ...faultRows(runs),
      ['writes'],
      row('  confirmed', ({ acknowledged }) => acknowledged),
      row('  outcome unknown', ({ unknown }) => unknown),
      row('  refused', ({ refused }) => refused),
      ['responses other than 200'],
      ...answerRows(runs),
      ['afterwards'],
      row('  stored', ({ stored }) => stored),
      row('  confirmed but not stored', ({ mustBeZero }) => mustBeZero.lost),
      row('  stored twice', ({ mustBeZero }) => mustBeZero.doubled),
      row('  stored although refused or never sent', ({ mustBeZero }) => mustBeZero.unexpected),
      ['before the faults, sequential writes'],
      row('  commits', ({ walSyncs }) => walSyncs.commits),
      row('  syncs of the log', ({ walSyncs }) => walSyncs.syncs),
    ]),
    describeVerdict(trial).join('\n'),
  ].join('\n\n');
};

/** One line of JSON for each run and one for the verdict. */
export const trialLines = (trial: Trial): readonly string[] => {
  const { broken, voids, holds } = judgeTrial(trial);
  return [
    { part: 'trial', synchronousCommit: 'on', ...countRun(trial.report) },
    { part: 'control', synchronousCommit: 'off', ...countRun(trial.control) },
    { part: 'verdict', holds, broken, void: voids },
  ].map((line) => JSON.stringify(line));
};
