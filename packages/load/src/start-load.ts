import { Connection, type Target } from './connection/connection.ts';
import { LoadUser } from './generator/load-user.ts';
import { createRandom } from './generator/random.ts';
import { Tallies } from './generator/tallies.ts';
import type { LoadModel } from './generator/thread-job.ts';
import { Threads } from './generator/threads.ts';
import { Measurements } from './measure/measurements.ts';
import type { LoadResult } from './report/load-result.ts';
import { createSampler, type Sample } from './report/sample.ts';
import { sumTallies, sumUp } from './report/sum-up.ts';
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
  /** Called once a second with the figures of that second. */
  readonly onSecond?: (sample: Sample) => void;
};

/** A load that runs. */
export type RunningLoad = {
  /** Resolves at the end, with the checks of the scenario. Rejects when the scenario throws. */
  readonly result: Promise<LoadResult>;
  /** The figures so far, without checks. */
  current(): Promise<LoadResult>;
  /** Goes on with other users or another rate. Throws a RangeError for a model of another kind. */
  change(model: LoadModel): void;
  /** Ends the run early; `result` has what was measured. */
  stop(): void;
};

/** Samples of an hour. */
const maxSamples = 3600;
/** The last part of a second gets a sample of its own when it is longer. */
const minSampleMs = 250;

/** A model in words, such as `100 users, 10 spawned a second`. */
export const describeModel = (model: LoadModel): string =>
  model.kind === 'closed'
    ? `${model.users} users, ${model.spawnRate} spawned a second`
    : `${model.rate} requests a second, ${model.connections} connections`;

/** A user of its own, for what a scenario does before and after the load. */
const withUser = async <T>(
  { target, timeoutMs, seed }: LoadOptions,
  use: (user: LoadUser) => Promise<T>,
): Promise<T> => {
  const connection = new Connection(target);
  const random = createRandom(seed - 1);
  const figures = { measurements: new Measurements(), tallies: new Tallies() };
  try {
    return await use(new LoadUser({ number: -1, connection, target, timeoutMs, random, ...figures }));
  } finally {
    connection.close();
  }
};

const runChecks = async (
  options: LoadOptions,
  { check }: Scenario,
  tallies: Readonly<Record<string, number>>,
  prepared: unknown,
): Promise<readonly Check[]> =>
  check === undefined ? [] : await withUser(options, (user) => check(user, tallies, prepared));

/** Starts a load; resolves when it has begun. Throws a StartError when the server can't be reached. */
export const startLoad = async (options: LoadOptions): Promise<RunningLoad> => {
  const {
    target,
    model,
    durationMs,
    timeoutMs,
    seed,
    threads: count,
    signal,
    onSecond,
    cpuSeconds,
  } = options;
  const scenario = await loadScenario(options.scenario);
  const job = { target, model, durationMs, timeoutMs, seed, threads: count, scenario: options.scenario };
  const threads = await Threads.start(job);
  let prepared: unknown;
  try {
    prepared = scenario.prepare && (await withUser(options, scenario.prepare));
  } catch (error) {
    await threads.terminate();
    throw error;
  }
  const cpuBefore = cpuSeconds();
  const beganMs = performance.now();
  const samples: Sample[] = [];
  const changes: { readonly atSeconds: number; readonly load: string }[] = [];
  const elapsedMs = (): number => Math.min(performance.now() - beganMs, durationMs);
  const facts = (checks: readonly Check[]) => ({
    target: `http://${target.hostname}:${target.port}`,
    scenario: scenario.title,
    model: model.kind,
    load: describeModel(model),
    ...{ changes, samples, checks },
  });
  const sample = createSampler();
  let sampledMs = 0;
  const takeSample = (): void => {
    sampledMs = performance.now() - beganMs;
    const taken = sample(threads.sums, sampledMs);
    samples.push(taken);
    if (samples.length > maxSamples) samples.shift();
    onSecond?.(taken);
  };
  const seconds = setInterval(takeSample, 1000);
  const stop = (): void => threads.stop();
  signal.addEventListener('abort', stop);
  threads.begin();
  if (signal.aborted) stop();

  const finish = async (): Promise<LoadResult> => {
    try {
      const figures = await threads.done;
      const ended = { elapsedMs: elapsedMs(), cpuSeconds: cpuSeconds() - cpuBefore };
      clearInterval(seconds);
      if (performance.now() - beganMs - sampledMs > minSampleMs) takeSample();
      const checks = await runChecks(options, scenario, sumTallies(figures), prepared);
      return sumUp(threads.sums, figures, { ...facts(checks), ...ended });
    } finally {
      clearInterval(seconds);
      signal.removeEventListener('abort', stop);
      await threads.terminate();
    }
  };
  return {
    result: finish(),
    stop,
    async current() {
      const figures = await threads.report();
      const now = { elapsedMs: elapsedMs(), cpuSeconds: cpuSeconds() - cpuBefore };
      return sumUp(threads.sums, figures, { ...facts([]), ...now, samples: [...samples] });
    },
    change(next) {
      if (next.kind !== model.kind)
        throw new RangeError(`a load of the ${model.kind} model can't go on with the ${next.kind} model`);
      changes.push({ atSeconds: elapsedMs() / 1000, load: describeModel(next) });
      threads.change(next);
    },
  };
};

/** Puts load on a server and measures it. Throws a StartError when the server can't be reached. */
export const runLoad = async (options: LoadOptions): Promise<LoadResult> =>
  await (await startLoad(options)).result;
