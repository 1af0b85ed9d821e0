import type { RequestRecord } from '../load/request-record.ts';
import { findRecoveryMs } from './find-recovery.ts';
import type { ByCopy, Measured, Phases } from './measured.ts';
import type { Observation } from './observation.ts';

/** The value that this share of all does not exceed; 0 without any. */
export const quantileOf = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(sorted.length * share)) - 1] ?? 0;
};

export const durationOf = ({ beganMs, endedMs }: RequestRecord): number => endedMs - beganMs;

const mapPhases = <A, B>({ before, during, after }: Phases<A>, map: (value: A) => B): Phases<B> => ({
  before: map(before),
  during: map(during),
  after: map(after),
});

/** A request that was under way at the fault, or began during the method, belongs to `during`. */
const phaseOf = (
  beganMs: number,
  endedMs: number,
  startedMs: number,
  overMs: number,
): keyof Phases<unknown> => {
  if (endedMs < startedMs) return 'before';
  return beganMs <= overMs ? 'during' : 'after';
};

const countBy = <T>(items: readonly T[], keyOf: (item: T) => string | undefined): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};

const shareOf = (counts: ByCopy): ByCopy => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(
    Object.entries(counts).map(([copy, count]) => [copy, count / Math.max(1, total)]),
  );
};

/** The upstreams that the proxy took out after the fault, and when it sent them requests again. */
const measureEjections = ({ changes, rows }: Observation, startedMs: number, faultMs: number) => {
  const nameOf = (port: number): string =>
    [...rows.after, ...rows.between, ...rows.before].find((row) => row.port === port)?.name ?? `port ${port}`;
  const ejectedAfterMs: Record<string, number> = {};
  const backAfterMs: Record<string, number> = {};
  for (const { atMs, port, state } of changes) {
    if (atMs < startedMs) continue;
    const afterMs = Math.max(0, atMs - faultMs);
    const name = nameOf(port);
    const receives = state === 'available' || state === 'full';
    if (!receives) ejectedAfterMs[name] ??= afterMs;
    else if (ejectedAfterMs[name] !== undefined) backAfterMs[name] ??= afterMs;
  }
  return { ejectedAfterMs, backAfterMs };
};

const measureReplaced = ({ rows }: Observation): ByCopy =>
  Object.fromEntries(
    rows.before.flatMap(({ name, pid }) => {
      const now = rows.after.find((row) => row.name === name);
      return now && now.pid !== pid ? [[name, 1]] : [];
    }),
  );

/** Turns what was seen into figures. Without a method the whole run is `before`. */
export const measure = (observation: Observation): Measured => {
  const { load, marks, settledMs, endedMs, sent } = observation;
  const { requests, failedChecks, result } = load;
  const first = marks[0] ?? { startedMs: endedMs + 1, beganMs: endedMs + 1 };
  const { startedMs } = first;
  const faultMs = Math.min(first.beganMs, ...marks.map((mark) => mark.beganMs));
  const overMs = Math.max(faultMs, settledMs);
  const of: Record<keyof Phases<unknown>, RequestRecord[]> = { before: [], during: [], after: [] };
  for (const request of requests)
    of[phaseOf(request.beganMs, request.endedMs, startedMs, overMs)].push(request);
  const failedIn = { before: 0, during: 0, after: 0 };
  for (const { beganMs, endedMs: end } of requests.filter(({ failure }) => failure !== undefined))
    failedIn[phaseOf(beganMs, end, startedMs, overMs)] += 1;
  for (const { atMs } of failedChecks) failedIn[phaseOf(atMs, atMs, startedMs, overMs)] += 1;
  const names = [...new Set(requests.flatMap(({ copy }) => copy ?? []))].sort();
  const counts = mapPhases(of, (some) => ({
    ...Object.fromEntries(names.map((name) => [name, 0])),
    ...countBy(some, ({ copy }) => copy),
  }));
  const durations = mapPhases(of, (some) => some.map(durationOf));
  const failures = requests.filter(({ failure }) => failure !== undefined);
  const answered = of.after.filter(({ failure }) => failure === undefined).map(({ beganMs }) => beganMs);
  const recoveredAfterMs = marks.length === 0 ? undefined : findRecoveryMs(requests, faultMs, endedMs);
  const sum = (key: 'lost' | 'repeated'): number =>
    result.checks.reduce((total, check) => total + (check[key] ?? 0), 0);
  return {
    requests: mapPhases(of, ({ length }) => length),
    failed: failures.length + failedChecks.length,
    failedIn,
    failures: {
      ...countBy(requests, ({ failure }) => failure),
      ...countBy(failedChecks, ({ kind }) => kind),
    },
    p50Ms: mapPhases(durations, (some) => quantileOf(some, 0.5)),
    p99Ms: mapPhases(durations, (some) => quantileOf(some, 0.99)),
    maxMs: mapPhases(durations, (some) => quantileOf(some, 1)),
    slowestFailureMs: quantileOf(failures.map(durationOf), 1),
    methodMs: marks.length === 0 ? 0 : overMs - faultMs,
    ...(recoveredAfterMs === undefined ? {} : { recoveredAfterMs }),
    ...(answered.length === 0 ? {} : { answeredAfterMs: Math.min(...answered) - overMs }),
    counts,
    shares: mapPhases(counts, shareOf),
    copies: mapPhases(counts, (some) => Object.values(some).filter((count) => count > 0).length),
    ...measureEjections(observation, startedMs, faultMs),
    replaced: measureReplaced(observation),
    writes: { lost: sum('lost'), repeated: sum('repeated') },
    ...(sent === undefined ? {} : { sentPerRequest: sent / Math.max(1, requests.length) }),
  };
};
