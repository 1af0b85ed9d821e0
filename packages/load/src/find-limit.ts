import type { Knee, LoadResult } from './report/load-result.ts';

export type LimitOptions = {
  /** Runs one step of the open model at this rate for this long. */
  readonly measure: (rate: number, durationMs: number) => Promise<LoadResult>;
  /** The p99 of the response time that a step may have. */
  readonly maxP99Ms: number;
  /** Whether the user has ended the search; the last good step is the result then. */
  readonly isStopped: () => boolean;
  readonly onStep: (rate: number, result: LoadResult, exceeded: string | undefined) => void;
};

const firstRate = 100;
const maxRate = 1_000_000;
const stepMs = 2000;
/** A small overload builds its queue slowly, so that short steps near the limit look better than they are. */
const longStepMs = 4000;
const precision = 1.05;

const findExceeded = (rate: number, result: LoadResult, maxP99Ms: number): string | undefined => {
  if (result.failed > 0) return `errors: ${result.failed} requests failed (${result.failures[0]?.kind})`;
  const { p99 } = result.responseTimeMs;
  const lag = result.sendLagMs.p99;
  if (p99 > maxP99Ms && lag > p99 / 2)
    return `the generator: it could not send ${rate} requests a second in time`;
  if (p99 > maxP99Ms) return `the latency target: p99 ${p99.toFixed(0)} ms, more than ${maxP99Ms} ms`;
  return result.generator.late?.includes('dropped') ? 'the server: all connections were busy' : undefined;
};

/**
 * Finds the largest rate that a server carries: doubles it from 100 a second until a step fails or its p99 is too
 * large, then bisects until both ends differ by at most 5 %. Returns the result of the last good step with the knee;
 * undefined when the smallest rate is too much.
 */
export const findLimit = async ({
  measure,
  maxP99Ms,
  isStopped,
  onStep,
}: LimitOptions): Promise<LoadResult | undefined> => {
  let good: { readonly rate: number; readonly result: LoadResult } | undefined;
  let bad: { readonly rate: number; readonly limitedBy: string } | undefined;
  const step = async (rate: number, durationMs: number): Promise<void> => {
    const result = await measure(rate, durationMs);
    const exceeded = findExceeded(rate, result, maxP99Ms);
    onStep(rate, result, exceeded);
    if (exceeded === undefined) good = { rate, result };
    else bad = { rate, limitedBy: exceeded };
  };
  for (let rate = firstRate; bad === undefined && rate <= maxRate && !isStopped(); rate *= 2)
    await step(rate, stepMs);
  for (;;) {
    // TypeScript does not see that `step` assigns both.
    const low = good as { readonly rate: number; readonly result: LoadResult } | undefined;
    const high = bad as { readonly rate: number; readonly limitedBy: string } | undefined;
    if (low === undefined) return undefined;
    if (high === undefined || isStopped()) return low.result;
    if (high.rate / low.rate <= precision) {
      const knee: Knee = { rate: low.rate, exceededAt: high.rate, limitedBy: high.limitedBy };
      return { ...low.result, knee };
    }
    await step(Math.round((low.rate + high.rate) / 2), high.rate / low.rate > 1.3 ? stepMs : longStepMs);
  }
};
