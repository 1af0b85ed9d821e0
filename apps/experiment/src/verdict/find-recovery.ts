import type { RequestRecord } from '../load/request-record.ts';

const normalOverMs = 3000;
const stepMs = 250;
const steadyMs = 1000;
const tolerance = 1.2;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The p99 of the requests that began in this time; undefined without any. */
const p99Between = (requests: readonly RequestRecord[], fromMs: number, toMs: number): number | undefined => {
  const times = requests
    .filter(({ beganMs }) => beganMs >= fromMs && beganMs < toMs)
    .map(({ beganMs, endedMs }) => endedMs - beganMs)
    .sort((a, b) => a - b);
  return times[Math.ceil(times.length * 0.99) - 1];
};

const steps = (fromMs: number, toMs: number): readonly number[] =>
  Array.from(
    { length: Math.max(0, Math.floor((toMs - fromMs) / stepMs)) },
    (_, index) => fromMs + index * stepMs,
  );

/**
 * The time from a fault until response times are normal again. Normal is the median of the p99 of each quarter of a
 * second in the 3 s before the fault; they are normal again when the p99 stays within 20 % of it for one second and no
 * request of that second fails. Undefined when that was never so, or nothing was asked before the fault.
 */
export const findRecoveryMs = (
  requests: readonly RequestRecord[],
  faultMs: number,
  endMs: number,
): number | undefined => {
  const before = steps(faultMs - normalOverMs, faultMs).flatMap(
    (fromMs) => p99Between(requests, fromMs, fromMs + stepMs) ?? [],
  );
  if (before.length === 0) return undefined;
  const limitMs = median(before) * tolerance;
  const isNormal = (fromMs: number): boolean => {
    const toMs = fromMs + steadyMs;
    const p99 = p99Between(requests, fromMs, toMs);
    const fails = requests.some(
      ({ beganMs, failure }) => failure !== undefined && beganMs >= fromMs && beganMs < toMs,
    );
    return p99 !== undefined && p99 <= limitMs && !fails;
  };
  const found = steps(faultMs, endMs - steadyMs + stepMs).find(isNormal);
  return found === undefined ? undefined : found - faultMs;
};
