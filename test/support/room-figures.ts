/** Figures of a system with a number of copies, as the event stream of the control room sends them. */
type FigureOptions = {
  readonly copies: number;
  /** Requests per second of all copies; 0 at rest. */
  readonly requestsPerSecond: number;
  readonly atMs: number;
  /** What differs for a copy. */
  readonly byCopy?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Seconds since the load began. */
  readonly seconds?: number;
};

/** The time of the first sample. */
export const firstAtMs = Date.parse('2026-03-01T10:00:00.000Z');

const wave = (seed: number): number => 1 + 0.08 * Math.sin(seed * 1.7) + 0.05 * Math.sin(seed * 0.6 + 1);

/** One second of the system. */
export const sampleOf = ({ copies, requestsPerSecond, atMs, byCopy = {}, seconds = 0 }: FigureOptions) => {
  const names = Array.from({ length: copies }, (_, at) => `api-${at + 1}`);
  const isDown = (name: string): boolean => (byCopy[name]?.['state'] ?? 'ready') !== 'ready';
  const up = names.filter((name) => !isDown(name)).length;
  const isLoaded = requestsPerSecond > 0;
  const failed = Math.max(
    0,
    ...Object.values(byCopy).map((figures) => Number(figures['failuresPerSecond'] ?? 0)),
  );
  const total = up === 0 ? 0 : requestsPerSecond * wave(seconds);
  return {
    atMs,
    copies: names.map((name, at) => ({
      name,
      state: 'ready',
      cpu: isDown(name) ? undefined : isLoaded ? 0.21 * wave(seconds + at) : 0.01,
      memoryBytes: isDown(name) ? undefined : 92_000_000 + at * 3_100_000,
      loopDelayMs: isDown(name) ? null : 1.2 * wave(seconds + at),
      ejections: 0,
      inFlight: isLoaded ? (isDown(name) ? 0 : 2 + (at % 3)) : 0,
      requestsPerSecond: isDown(name) ? 0 : (total / Math.max(1, up)) * wave(seconds * 2 + at * 5),
      failuresPerSecond: 0,
      share: isLoaded && !isDown(name) ? 1 / up : undefined,
      p50Ms: isLoaded && !isDown(name) ? 3.4 * wave(seconds + at) : undefined,
      p99Ms: isLoaded && !isDown(name) ? 9.6 * wave(seconds * 3 + at) * (up < copies ? 2 : 1) : undefined,
      ...byCopy[name],
    })),
    proxy: {
      name: 'proxy',
      policy: 'round-robin',
      requestsPerSecond: total,
      failedPerSecond: failed,
      retriesPerSecond: up < copies && isLoaded ? 1.2 : 0,
      p50Ms: isLoaded ? 3.4 : undefined,
      p99Ms: isLoaded ? 9.6 * wave(seconds * 3) * (up < copies ? 2.1 : 1) : undefined,
    },
    database: {
      connections: copies * 4,
      maxConnections: 100,
      transactionsPerSecond: total * 1.1,
      waiting: 0,
    },
    load: isLoaded
      ? {
          requests: Math.round(requestsPerSecond * (seconds + 1)),
          failed: 0,
          requestsPerSecond: total,
          failedPerSecond: failed,
          p50Ms: 3.6 * wave(seconds),
          p95Ms: 6.9 * wave(seconds * 2),
          p99Ms: 9.9 * wave(seconds * 3) * (up < copies ? 2.1 : 1),
          load: Math.min(50, 10 * (seconds + 1)),
          elapsedMs: seconds * 1000,
        }
      : undefined,
    took: [
      { name: 'load', cpu: isLoaded ? 0.38 : undefined },
      { name: 'page', cpu: 0.01 },
      { name: 'copies', cpu: isLoaded ? 0.21 * copies : 0.03 },
    ],
  };
};

/** What the page is told about the lab. */
export const labFacts = {
  lab: 'gallery',
  host: 'http://localhost:8080',
  service: 'api',
  policies: ['round-robin', 'least-requests', 'random-two', 'peak-ewma', 'ip-hash'],
  scenarios: [
    { name: 'browse', title: 'Browse the gallery' },
    { name: 'write', title: 'Add pictures' },
  ],
  defaults: { scenario: 'browse', runTimeMs: 180_000, model: { kind: 'closed', users: 50, spawnRate: 10 } },
};

const row = (type: string, name: string, requests: number) => ({
  type,
  name,
  requests,
  fails: 0,
  medianMs: 3.6,
  p95Ms: 6.9,
  p99Ms: 9.9,
  averageMs: 3.9,
  minMs: 0.9,
  maxMs: 41,
  averageBytes: 2316,
  currentRps: requests / 30,
  failuresPerSecond: 0,
});

/** The statistics of a load of the gallery. */
export const reportOf = (isRunning: boolean) => ({
  isRunning,
  model: 'closed',
  rows: [row('GET', '/images.json', 9310), row('GET', '/', 2118), row('POST', '/images.json', 932)],
  total: row('', 'Aggregated', 12_360),
  failures: [] as { kind: string; count: number; firstAtMs: number; lastAtMs: number }[],
});
