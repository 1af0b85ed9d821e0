import { runLoad } from '../load/run-load.ts';
import type { Contestant, Load, Place, Run } from '../run.ts';
import { readCpuMicros } from './cpu-time.ts';
import { type Summary, summarise } from './statistics.ts';

export type Figures = {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  /** Undefined where the system does not tell. */
  readonly cpuMicrosPerRequest: number | undefined;
};

export type Round = { readonly measured: Figures; readonly peer: Figures };

export type LoadReport = {
  readonly load: Load;
  readonly measured: string;
  readonly peer: string;
  readonly rounds: readonly Round[];
  /** Requests per second of the measured one, of the peer, and the former by the latter, round by round. */
  readonly requestsPerSecond: { readonly measured: Summary; readonly peer: Summary; readonly ratio: Summary };
  readonly p99Ms: { readonly measured: Summary; readonly peer: Summary };
  readonly cpuMicrosPerRequest:
    | { readonly measured: Summary; readonly peer: Summary; readonly ratio: Summary }
    | undefined;
};

export type MeasureOptions = {
  readonly rounds: number;
  readonly seconds: number;
  readonly place: Place;
  readonly onProgress: (line: string) => void;
};

const measureOnce = async (
  load: Load,
  contestant: Contestant,
  { seconds, place }: MeasureOptions,
): Promise<Figures> => {
  const before = readCpuMicros(contestant.pid);
  const result = await runLoad(load, contestant, { seconds, core: place.cores.load });
  const after = readCpuMicros(contestant.pid);
  return {
    requestsPerSecond: result.requestsPerSecond,
    p99Ms: result.p99Ms,
    cpuMicrosPerRequest:
      before === undefined || after === undefined ? undefined : (after - before) / result.requests,
  };
};

/** Medians and spreads of some rounds; a ratio is taken within its round, where the machine was the same. */
export const reportLoad = (
  load: Load,
  names: { readonly measured: string; readonly peer: string },
  rounds: readonly Round[],
): LoadReport => {
  const compare = (figure: (figures: Figures) => number) => ({
    measured: summarise(rounds.map(({ measured }) => figure(measured))),
    peer: summarise(rounds.map(({ peer }) => figure(peer))),
    ratio: summarise(rounds.map(({ measured, peer }) => figure(measured) / figure(peer))),
  });
  const hasCpu = rounds.every(
    ({ measured, peer }) =>
      measured.cpuMicrosPerRequest !== undefined && peer.cpuMicrosPerRequest !== undefined,
  );
  return {
    load,
    ...names,
    rounds,
    requestsPerSecond: compare(({ requestsPerSecond }) => requestsPerSecond),
    // Without a ratio: ab tells whole milliseconds, which may be none.
    p99Ms: {
      measured: summarise(rounds.map(({ measured }) => measured.p99Ms)),
      peer: summarise(rounds.map(({ peer }) => peer.p99Ms)),
    },
    cpuMicrosPerRequest: hasCpu ? compare(({ cpuMicrosPerRequest = 0 }) => cpuMicrosPerRequest) : undefined,
  };
};

/** Starts the contestants, warms each up for a whole round that is not counted, and measures them in turns. */
export const measureRun = async (run: Run, options: MeasureOptions): Promise<readonly LoadReport[]> => {
  const { rounds: count, seconds, onProgress, place } = options;
  const { measured, peer } = await run.start(place);
  const reports: LoadReport[] = [];
  for (const load of run.loads) {
    onProgress(`${load.name}: warming up`);
    for (const one of [measured, peer]) {
      await runLoad(load, one, { seconds, core: place.cores.load });
    }
    const rounds: Round[] = [];
    for (let number = 1; number <= count; number += 1) {
      const round = {
        measured: await measureOnce(load, measured, options),
        peer: await measureOnce(load, peer, options),
      };
      rounds.push(round);
      const figures = [measured, peer].map(({ name }, index) => {
        const { requestsPerSecond } = index === 0 ? round.measured : round.peer;
        return `${name} ${Math.round(requestsPerSecond)}/s`;
      });
      onProgress(`${load.name}: round ${number} of ${count}: ${figures.join(', ')}`);
    }
    reports.push(reportLoad(load, { measured: measured.name, peer: peer.name }, rounds));
  }
  return reports;
};
