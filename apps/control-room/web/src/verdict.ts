import { formatCount, formatElapsed, formatMs, missing } from './format.ts';
import type { Point } from './history.ts';

/** An event as far as a verdict needs it. */
export type CauseEvent = {
  readonly atMs: number;
  readonly kind: string;
  readonly service: string;
  readonly detail?: string | undefined;
};

/** A part of the sentence; a part with a moment is a link to the time line. */
export type VerdictPart = { readonly text: string; readonly atMs?: number };

export type Verdict = {
  readonly cause: CauseEvent;
  readonly parts: readonly VerdictPart[];
  /** What happened to the same service afterwards, in order. */
  readonly steps: readonly CauseEvent[];
};

/** Normal is the median of this time before the cause. */
const normalSpanMs = 3000;
const tolerance = 1.2;
/** A run is judged no longer than this after its cause. */
const judgedForMs = 60_000;

const causeTexts: Readonly<Record<string, (event: CauseEvent) => string>> = {
  killed: ({ service }) => `${service} was killed`,
  exited: ({ service }) => `${service} exited`,
  scaled: ({ service, detail }) => `${service} was scaled${detail ? ` (${detail})` : ''}`,
  policy: ({ detail }) => `The policy was changed${detail ? ` to ${detail}` : ''}`,
  'fault armed': ({ service, detail }) => `${service} got a fault${detail ? `: ${detail}` : ''}`,
};

/** Whether an event is something that a person did to the system, and not a consequence. */
export const isCause = ({ kind }: CauseEvent): boolean => kind in causeTexts;

const medianOf = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const sumPerSecond = (
  points: readonly Point[],
  value: (point: Point) => number | null,
): number | undefined => {
  let sum: number | undefined;
  for (const [at, point] of points.entries()) {
    const seconds = ((points[at + 1]?.atMs ?? point.atMs + 1000) - point.atMs) / 1000;
    const perSecond = value(point);
    if (perSecond !== null) sum = (sum ?? 0) + perSecond * seconds;
  }
  return sum;
};

/**
 * Makes the sentence about the last cause: what was done, what failed, what it cost in time, how long until normal.
 * Returns undefined when nothing was done yet. Times are counted from `startMs`.
 */
export const describeVerdict = (
  events: readonly CauseEvent[],
  history: readonly Point[],
  startMs: number,
): Verdict | undefined => {
  const cause = events.findLast(isCause);
  if (cause === undefined) return undefined;
  const until = cause.atMs + judgedForMs;
  const steps = events.filter((event) => event.atMs >= cause.atMs && event.atMs < until && event !== cause);
  const before = history.filter(({ atMs }) => atMs >= cause.atMs - normalSpanMs && atMs < cause.atMs);
  const after = history.filter(({ atMs }) => atMs >= cause.atMs && atMs < until);
  const done: VerdictPart = {
    text: `${causeTexts[cause.kind]?.(cause) ?? cause.kind} at ${formatElapsed(cause.atMs - startMs)}.`,
    atMs: cause.atMs,
  };
  const requests = sumPerSecond(after, ({ requestsPerSecond }) => requestsPerSecond) ?? 0;
  if (requests === 0) return { cause, steps, parts: [done, { text: 'No requests were sent since then.' }] };
  const failed = sumPerSecond(after, ({ failedPerSecond }) => failedPerSecond);
  const firstFailure = after.find(({ failedPerSecond }) => (failedPerSecond ?? 0) > 0);
  const parts: VerdictPart[] = [
    done,
    {
      text: `${failed === undefined ? missing : formatCount(failed)} of ${formatCount(requests)} requests failed.`,
      ...(firstFailure ? { atMs: firstFailure.atMs } : {}),
    },
  ];
  const normal = medianOf(before.flatMap(({ p99Ms }) => p99Ms ?? []));
  if (normal === undefined) return { cause, steps, parts };
  const limit = normal * tolerance + 1;
  const isNormal = (point: Point | undefined): boolean => point?.p99Ms != null && point.p99Ms <= limit;
  const slow = after.filter((point) => point.p99Ms !== null && !isNormal(point));
  const worst = slow.reduce<Point | undefined>(
    (so, point) => (so === undefined || (point.p99Ms ?? 0) > (so.p99Ms ?? 0) ? point : so),
    undefined,
  );
  if (worst === undefined) {
    parts.push({ text: `p99 stayed at ${formatMs(normal)}.` });
    return { cause, steps, parts };
  }
  // Normal again: within the tolerance for two samples in a row.
  const recovered = after.find(
    (point, at) => point.atMs > worst.atMs && isNormal(point) && isNormal(after[at + 1]),
  );
  parts.push({ text: `p99 went from ${formatMs(normal)} to ${formatMs(worst.p99Ms)}`, atMs: worst.atMs });
  parts.push(
    recovered
      ? { text: `and was normal again after ${formatMs(recovered.atMs - cause.atMs)}.`, atMs: recovered.atMs }
      : { text: 'and is not normal yet.' },
  );
  return { cause, steps, parts };
};
