/** Everything that is measured for one contestant in one round. */
export const figureNames = [
  'requestsPerSecond',
  'p99Ms',
  'cpuMicrosPerRequest',
  'residentMb',
  'growthMb',
] as const;

export type FigureName = (typeof figureNames)[number];

/** The figures that this load and this system provide. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

/** The counts of a load generator in one round. */
export type LoadResult = {
  readonly requests: number;
  /**
   * Statuses other than 2xx and 3xx, connection errors, time-outs, wrong lengths. A single one makes the round void.
   */
  readonly errors: number;
  readonly figures: Figures;
};

/** Column titles with units. */
export const figureTitles: Readonly<Record<FigureName, string>> = {
  requestsPerSecond: 'requests/s',
  p99Ms: 'p99 ms',
  cpuMicrosPerRequest: 'CPU µs/request',
  residentMb: 'resident MB',
  growthMb: 'MB over idle',
};
