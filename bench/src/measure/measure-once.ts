import type { Figures } from '../definition/figures.ts';
import type { Load } from '../definition/load.ts';
import type { Place } from '../definition/run.ts';
import { runLoad } from '../load-tools/run-load.ts';
import { readCpuMicros } from '../machine/cpu-time.ts';
import { readPeakMb, resetPeak } from '../machine/memory.ts';
import type { StartedContestant } from './start-contestants.ts';

/** The result of one contestant in one round, or why the round is void. */
export type Outcome = { readonly figures: Figures } | { readonly void: string };

export const figuresOf = (outcome: Outcome | undefined): Figures | undefined =>
  outcome && 'figures' in outcome ? outcome.figures : undefined;

/** The first line of an error, without program output after it. */
export const firstLineOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

const isRequestLoad = ({ tool }: Load): boolean => tool === 'wrk' || tool === 'ab';

/** Measures one contestant once. Never throws: a failed round is void. */
export const measureOnce = async (
  load: Load,
  { running, idleMb }: StartedContestant,
  { seconds, place }: { readonly seconds: number; readonly place: Place },
): Promise<Outcome> => {
  const { pids } = running;
  if (load.measuresGrowth) resetPeak(pids);
  const before = readCpuMicros(pids);
  try {
    const options = { seconds, core: place.cores.load, folder: place.folder };
    const { requests, errors, figures } = await runLoad(load, running, options);
    const after = readCpuMicros(pids);
    if (errors > 0 || requests === 0) return { void: `${errors} errors in ${requests} requests` };
    const cpu =
      before === undefined || after === undefined || pids.length === 0 || !isRequestLoad(load)
        ? {}
        : { cpuMicrosPerRequest: (after - before) / requests };
    const peakMb = load.measuresGrowth ? readPeakMb(pids) : undefined;
    const growth = peakMb === undefined || idleMb === undefined ? {} : { growthMb: peakMb - idleMb };
    return { figures: { ...figures, ...cpu, ...growth } };
  } catch (error) {
    return { void: firstLineOf(error) };
  }
};
