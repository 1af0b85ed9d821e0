import type { Cores } from '../definition/run.ts';

export type Placement = {
  readonly cores: Cores;
  /** For readers of the figures. */
  readonly note: string;
};

/** Nothing is pinned. */
export const unpinned: Cores = { measured: undefined, load: undefined, upstreams: undefined };

/** Gives the contestants a core of their own when there are at least two. */
export const placeOnCores = (count: number, hasTaskset: boolean): Placement => {
  if (!hasTaskset) {
    const note = 'no CPU pinning, because taskset is missing (Debian: apt-get install util-linux)';
    return { cores: unpinned, note };
  }
  if (count < 2) return { cores: unpinned, note: 'no CPU pinning, because there is only one core' };
  if (count === 2) {
    const note = 'contestants on core 0; load and upstreams together on core 1';
    return { cores: { measured: 0, load: 1, upstreams: 1 }, note };
  }
  const note = 'contestants on core 0, load on core 1, upstreams on core 2';
  return { cores: { measured: 0, load: 1, upstreams: 2 }, note };
};

/** Pins a command to a core. taskset execs the program, so its process id is that of the program. */
export const pinned = (
  core: number | undefined,
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] =>
  core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command];
