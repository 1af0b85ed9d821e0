import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StartError } from '@tripod/shared/errors/start-error';
import { Connection, type Target } from './connection/connection.ts';
import { LoadUser } from './generator/load-user.ts';
import { createRandom } from './generator/random.ts';
import { Tallies } from './generator/tallies.ts';
import type { LoadModel, ThreadJob, ThreadMessage } from './generator/thread-job.ts';
import { Histogram } from './measure/histogram.ts';
import { Measurements } from './measure/measurements.ts';
import { percentilesOf } from './measure/percentiles.ts';
import type { LoadResult } from './report/load-result.ts';
import { loadScenario, type ScenarioSource } from './scenario/load-scenario.ts';
import type { Check, Scenario } from './scenario/scenario.ts';

export type LoadOptions = {
  readonly target: Target;
  readonly scenario: ScenarioSource;
  readonly model: LoadModel;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly seed: number;
  readonly threads: number;
  /** The processor time in seconds that this process has used, with all its threads. */
  readonly cpuSeconds: () => number;
  /** Ends the run early; the result has what was measured. */
  readonly signal: AbortSignal;
  /** Called once a second with the sums so far. */
  readonly onSecond?: (sums: Measurements, elapsedMs: number) => void;
};

type Done = Extract<ThreadMessage, { readonly kind: 'done' }>;

const addTo = (sums: Map<string, number>, counts: ReadonlyMap<string, number>): void => {
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
};

const namesOf = (all: readonly Done[]): LoadResult['names'] => {
  const sums = new Tallies();
  for (const { names } of all)
    for (const { method, name, requests, failed, totalMs, memory } of names) {
      const sum = sums.of(method, name);
      sum.requests += requests;
      sum.failed += failed;
      sum.totalMs += totalMs;
      sum.response.add(new Histogram(memory));
    }
  return [...sums.names.values()].map(({ method, name, requests, failed, totalMs, response }) => ({
    method,
    name,
    requests,
    failed,
    averageMs: totalMs / Math.max(1, requests),
    responseTimeMs: percentilesOf(response),
  }));
};

/**
 * Times say little about the server when the generator itself was late. A tenth of the measured p99 is allowed, and one
 * millisecond, the step of its timer.
 */
const findLateness = (sums: Measurements): string | undefined => {
  const dropped = sums.get('dropped');
  if (dropped > 0)
    return `${dropped} requests were dropped, because no connection was free: try --connections`;
  const lag = sums.lag.quantile(0.99);
  const response = sums.response.quantile(0.99);
  return lag > Math.max(2, response / 10)
    ? `it sent 1 % of the requests ${lag.toFixed(1)} ms late or later, and the p99 is ${response.toFixed(1)} ms`
    : undefined;
};

/** A user of its own, for what a scenario does before and after the load. */
const withUser = async <T>(
  { target, timeoutMs, seed }: LoadOptions,
  use: (user: LoadUser) => Promise<T>,
): Promise<T> => {
  const connection = new Connection(target);
  try {
    return await use(
      new LoadUser({
        number: -1,
        connection,
        target,
        timeoutMs,
        random: createRandom(seed - 1),
        measurements: new Measurements(),
        tallies: new Tallies(),
      }),
    );
  } finally {
    connection.close();
  }
};

/** Starts the threads; resolves once all have opened their connections. Throws a StartError when they can't. */
const startThreads = async (options: LoadOptions, measurements: readonly Measurements[]) => {
  const { target, scenario, model, durationMs, timeoutMs, seed, threads } = options;
  const workers = measurements.map(({ memory }, thread) => {
    const job: ThreadJob = {
      ...{ target, scenario, model, durationMs, timeoutMs, seed, thread, threads, memory },
    };
    return new Worker(new URL('generator/thread.ts', import.meta.url), { workerData: job });
  });
  const messages = await Promise.all(
    workers.map(async (worker) => (await once(worker, 'message'))[0] as ThreadMessage),
  );
  for (const message of messages)
    if (message.kind === 'unreachable') {
      await Promise.all(workers.map((worker) => worker.terminate()));
      const where = `http://${target.hostname}:${target.port}`;
      throw new StartError(`nothing can be measured at ${where}: ${message.reason}. Is it running?`);
    }
  return workers;
};

const runChecks = async (
  options: LoadOptions,
  scenario: Scenario,
  numbers: ReadonlyMap<string, number>,
  prepared: unknown,
): Promise<readonly Check[]> => {
  const { check } = scenario;
  if (check === undefined) return [];
  return await withUser(options, (user) => check(user, Object.fromEntries(numbers), prepared));
};

/** Puts load on a server and measures it. Throws a StartError when the server can't be reached. */
export const runLoad = async (options: LoadOptions): Promise<LoadResult> => {
  const { target, model, threads, signal, onSecond } = options;
  const scenario = await loadScenario(options.scenario);
  const { prepare } = scenario;
  const measurements = Array.from({ length: threads }, () => new Measurements());
  const workers = await startThreads(options, measurements);
  const prepared = prepare && (await withUser(options, prepare));
  const cpuBefore = options.cpuSeconds();
  const beganMs = performance.now();
  const stop = (): void => {
    for (const worker of workers) worker.postMessage({ kind: 'stop' });
  };
  const seconds = setInterval(
    () => onSecond?.(Measurements.sum(measurements), performance.now() - beganMs),
    1000,
  );
  signal.addEventListener('abort', stop);
  try {
    const done = workers.map(async (worker) => (await once(worker, 'message'))[0] as Done);
    for (const worker of workers) worker.postMessage({ kind: 'start' });
    if (signal.aborted) stop();
    const all = await Promise.all(done);
    const elapsedMs = Math.min(performance.now() - beganMs, options.durationMs);
    const cpuSeconds = options.cpuSeconds() - cpuBefore;
    const failures = new Map<string, number>();
    const numbers = new Map<string, number>();
    for (const one of all) {
      addTo(failures, one.failures);
      addTo(numbers, one.numbers);
    }
    const sums = Measurements.sum(measurements);
    const late = findLateness(sums);
    return {
      target: `http://${target.hostname}:${target.port}`,
      scenario: scenario.title,
      model:
        model.kind === 'closed' ? `closed, ${model.users} users` : `open, ${model.rate} requests a second`,
      requests: sums.get('requests'),
      failed: sums.get('failed'),
      failures: [...failures].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count),
      durationMs: elapsedMs,
      requestsPerSecond: sums.get('requests') / (elapsedMs / 1000),
      responseTimeMs: percentilesOf(sums.response),
      serviceTimeMs: percentilesOf(sums.service),
      sendLagMs: percentilesOf(sums.lag),
      names: namesOf(all),
      generator: { cpuSeconds, ...(late === undefined ? {} : { late }) },
      checks: await runChecks(options, scenario, numbers, prepared),
    };
  } finally {
    clearInterval(seconds);
    signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
};
