/** Everything that can be measured of one contestant in one round. */
export const figureNames = [
  'requestsPerSecond',
  'p99Ms',
  'cpuMicrosPerRequest',
  'residentMb',
  'growthMb',
] as const;

export type FigureName = (typeof figureNames)[number];

/** Those that this load tells, and this system. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** What a load generator counted in one round. */
export type LoadResult = {
  readonly requests: number;
  /** Answers that were not 2xx or 3xx, broken connections, time-outs, wrong lengths: any makes the round worthless. */
  readonly errors: number;
  readonly figures: Figures;
};

/** As people call them, with their unit. */
export const figureTitles: Readonly<Record<FigureName, string>> = {
  requestsPerSecond: 'requests/s',
  p99Ms: 'p99 ms',
  cpuMicrosPerRequest: 'CPU µs/request',
  residentMb: 'resident MB',
  growthMb: 'MB over idle',
};
