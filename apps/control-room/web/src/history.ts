/** One place on the time line. Rates are per second; what is not known is null, which charts leave out. */
export type Point = {
  readonly atMs: number;
  readonly byCopy: Readonly<Record<string, number>>;
  readonly cpuByCopy: Readonly<Record<string, number>>;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly requestsPerSecond: number | null;
  readonly failedPerSecond: number | null;
  /** Users of the closed model, or the rate of the open model. */
  readonly load: number | null;
};

const fineForMs = 600_000;
const keptForMs = 7_200_000;
const coarseMs = 10_000;

const known = (values: readonly (number | null)[]): readonly number[] =>
  values.filter((value): value is number => value !== null);
const mean = (values: readonly (number | null)[]): number | null => {
  const numbers = known(values);
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
};
const worst = (values: readonly (number | null)[]): number | null => {
  const numbers = known(values);
  return numbers.length === 0 ? null : Math.max(...numbers);
};
const meanByCopy = (all: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const one of all)
    for (const [copy, value] of Object.entries(one)) sums[copy] = (sums[copy] ?? 0) + value / all.length;
  return sums;
};

/** Makes one point of several: mean rates, and the worst of each percentile, because percentiles have no mean. */
const merge = (points: readonly [Point, ...Point[]]): Point => ({
  atMs: points[0].atMs,
  byCopy: meanByCopy(points.map(({ byCopy }) => byCopy)),
  cpuByCopy: meanByCopy(points.map(({ cpuByCopy }) => cpuByCopy)),
  p50Ms: worst(points.map(({ p50Ms }) => p50Ms)),
  p95Ms: worst(points.map(({ p95Ms }) => p95Ms)),
  p99Ms: worst(points.map(({ p99Ms }) => p99Ms)),
  requestsPerSecond: mean(points.map(({ requestsPerSecond }) => requestsPerSecond)),
  failedPerSecond: mean(points.map(({ failedPerSecond }) => failedPerSecond)),
  load: mean(points.map(({ load }) => load)),
});

/**
 * Adds a point to a history and returns the new one: each second of the last 10 minutes, one point for 10 seconds of the
 * last 2 hours. A point that is not later than the last one is left out.
 */
export const addPoint = (history: readonly Point[], point: Point): readonly Point[] => {
  if (point.atMs <= (history.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY)) return history;
  const all = [...history.filter(({ atMs }) => atMs > point.atMs - keptForMs), point];
  const firstFine = all.findIndex(({ atMs }) => atMs > point.atMs - fineForMs);
  // The points before it that are one second apart wait until ten seconds of them are there.
  const coarse = all.slice(0, firstFine);
  const first = coarse.findIndex(
    ({ atMs }, at) => (coarse[at + 1]?.atMs ?? atMs + coarseMs) - atMs < coarseMs * 0.8,
  );
  const [head, ...rest] = first < 0 ? [] : coarse.slice(first);
  const last = rest.at(-1);
  if (head === undefined || last === undefined || last.atMs - head.atMs < coarseMs * 0.9) return all;
  return [...all.slice(0, first), merge([head, ...rest]), ...all.slice(firstFine)];
};

/** The figures around a moment: of the seconds before it and of those from it on. */
export type Around = {
  readonly requestsPerSecond: number | null;
  readonly failed: number | null;
  readonly p99Ms: number | null;
};

/** Returns the figures of `spanMs` before and after a moment. The p99 is the worst second's. */
export const figuresAround = (
  history: readonly Point[],
  momentMs: number,
  spanMs: number,
): { readonly before: Around; readonly after: Around } => {
  const of = (points: readonly Point[]): Around => ({
    requestsPerSecond: mean(points.map(({ requestsPerSecond }) => requestsPerSecond)),
    failed:
      points.length === 0
        ? null
        : known(points.map(({ failedPerSecond }) => failedPerSecond)).reduce((sum, value) => sum + value, 0),
    p99Ms: worst(points.map(({ p99Ms }) => p99Ms)),
  });
  return {
    before: of(history.filter(({ atMs }) => atMs >= momentMs - spanMs && atMs < momentMs)),
    after: of(history.filter(({ atMs }) => atMs >= momentMs && atMs < momentMs + spanMs)),
  };
};
