/** Which core does what. Undefined: wherever the system puts it. */
export type Cores = {
  /** The contestants, which take turns. */
  readonly measured: number | undefined;
  readonly load: number | undefined;
  readonly upstreams: number | undefined;
};

export type Placement = {
  readonly cores: Cores;
  /** What a reader of the figures must know. */
  readonly note: string;
};

/** Nothing is pinned. */
export const anywhere: Cores = { measured: undefined, load: undefined, upstreams: undefined };

/** The contestants get a core that nothing else uses, as far as there are enough. */
export const placeOnCores = (count: number, hasTaskset: boolean): Placement => {
  if (!hasTaskset) {
    const note = 'nothing is pinned to a core: taskset is missing (Debian: apt-get install util-linux)';
    return { cores: anywhere, note };
  }
  if (count < 2) return { cores: anywhere, note: 'nothing is pinned: there is one core for everything' };
  if (count === 2) {
    const note = 'contestants on core 0; load and upstreams together on core 1';
    return { cores: { measured: 0, load: 1, upstreams: 1 }, note };
  }
  const note = 'contestants on core 0, load on core 1, upstreams on core 2';
  return { cores: { measured: 0, load: 1, upstreams: 2 }, note };
};

/** The command, held on that core. taskset becomes the program, so that its process id is the program's. */
export const pinned = (
  core: number | undefined,
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] =>
  core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command];
