import type { Load } from '../definition/load.ts';
import type { Contestant, Place, Run } from '../definition/run.ts';
import { runLoad } from '../load-tools/run-load.ts';
import { describeRound } from './describe-round.ts';
import { firstLineOf, measureOnce, type Outcome } from './measure-once.ts';
import { type LoadReport, type Round, reportLoad } from './report-load.ts';
import {
  type Absent,
  type StartedContestant,
  startContestant,
  startContestants,
} from './start-contestants.ts';

export type MeasureOptions = {
  readonly rounds: number;
  readonly seconds: number;
  readonly place: Place;
  /** PATH for finding programs. */
  readonly path: string;
  readonly loads: readonly Load[];
  readonly contestants: readonly Contestant[];
  readonly onProgress: (line: string) => void;
};

export type Measured = { readonly loads: readonly LoadReport[]; readonly absent: readonly Absent[] };

const takesPart = (load: Load, name: string): boolean =>
  load.contestants === undefined || load.contestants.includes(name);

/** Rotates the order, so that every contestant is equally often the first of a round. */
const rotate = <T>(started: readonly T[], round: number): readonly T[] => {
  const first = started.length === 0 ? 0 : round % started.length;
  return [...started.slice(first), ...started.slice(0, first)];
};

const measureFresh = async (
  load: Load,
  { contestant }: StartedContestant,
  urls: readonly string[],
  options: MeasureOptions,
): Promise<Outcome> => {
  let contestantRun: StartedContestant;
  try {
    contestantRun = await startContestant(contestant, options.place, urls);
  } catch (error) {
    return { void: firstLineOf(error) };
  }
  try {
    return await measureOnce(load, contestantRun, options);
  } finally {
    await contestantRun.stop();
  }
};

/** Returns the options with the limits of this load. */
const forLoad = (load: Load, options: MeasureOptions): MeasureOptions => ({
  ...options,
  seconds: Math.max(options.seconds, load.minSeconds ?? 0),
  rounds: Math.min(options.rounds, load.maxRounds ?? options.rounds),
});

const warmUp = async (
  load: Load,
  started: readonly StartedContestant[],
  options: MeasureOptions,
): Promise<void> => {
  options.onProgress(`${load.name}: warming up`);
  const { seconds, place } = options;
  for (const { running } of started) {
    // A failure shows again in the rounds, where it counts.
    await runLoad(load, running, { seconds, core: place.cores.load, folder: place.folder }).catch(
      () => undefined,
    );
  }
};

const measureLoad = async (
  load: Load,
  all: readonly StartedContestant[],
  urls: readonly string[],
  { peer, options }: { readonly peer: string; readonly options: MeasureOptions },
): Promise<LoadReport> => {
  const started = all.filter(({ contestant }) => takesPart(load, contestant.name));
  const names = started.map(({ contestant }) => contestant.name);
  const count = options.rounds;
  if (!load.fresh) await warmUp(load, started, options);
  const rounds: Round[] = [];
  for (let number = 0; number < count; number += 1) {
    const outcomes = new Map<string, Outcome>();
    for (const contestantRun of rotate(started, number)) {
      const outcome = load.fresh
        ? await measureFresh(load, contestantRun, urls, options)
        : await measureOnce(load, contestantRun, options);
      outcomes.set(contestantRun.contestant.name, outcome);
    }
    const round = Object.fromEntries(outcomes);
    rounds.push(round);
    options.onProgress(`${load.name}: round ${number + 1} of ${count}: ${describeRound(round, names)}`);
  }
  return reportLoad(load, rounds, { names, peer: load.peer ?? peer });
};

/** Starts the contestants, warms each up for a round that does not count, and measures them in turns. */
export const measureRun = async (run: Run, options: MeasureOptions): Promise<Measured> => {
  const urls = await run.prepare(options.place);
  const { path } = options;
  const { started, absent } = await startContestants(options.contestants, options.place, { urls, path });
  for (const { name, why } of absent) options.onProgress(`${name} is skipped: ${why}`);
  const loads: LoadReport[] = [];
  for (const load of options.loads) {
    loads.push(await measureLoad(load, started, urls, { peer: run.peer, options: forLoad(load, options) }));
  }
  return { loads, absent };
};
