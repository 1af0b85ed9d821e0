import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createDeferred } from '@tripod/shared/async/deferred';
import type { CommandStep, Experiment, Step, SurgeStep } from './definition/experiment.ts';
import type { LabStack, StackRow } from './lab/lab-stack.ts';
import { findUnsettled, waitUntilSettled } from './lab/wait-until-settled.ts';
import { watchPools } from './lab/watch-pools.ts';
import { type RecordedLoad, type RecordedLoadOptions, runRecordedLoad } from './load/run-recorded-load.ts';
import type { Mark, Observation } from './verdict/observation.ts';

export type ObserveOptions = {
  readonly checkout: string;
  readonly stack: LabStack;
  readonly experiment: Experiment;
  /** Empty for a control run. */
  readonly method: readonly Step[];
  /** How long the load lasts when the steps take no time. */
  readonly forMs: number;
  /** Whether the load balancer is our proxy, whose admin side tells more. */
  readonly isOurs: boolean;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly cpuSeconds: () => number;
  /** Ends the run early. */
  readonly signal: AbortSignal;
};

/** Starts load of the scenario of the experiment. */
type StartLoad = (
  options: Pick<RecordedLoadOptions, 'rate' | 'connections' | 'checks' | 'signal' | 'onFirst'>,
) => Promise<RecordedLoad>;

const defaultTimeoutMs = 10_000;
/** Under too much load copies may never serve all at the same time. */
const maxSettleMs = 5000;
const maxSeed = 2 ** 31;

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Waits until a moment; returns at once when the signal is aborted. */
const until = async (atMs: number, signal: AbortSignal): Promise<void> => {
  const ms = atMs - nowMs();
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
};

/** Runs a command; its fault happens when it prints its first line, or else when it ends. */
const runCommand = async (
  { run, lastsMs = 0 }: CommandStep,
  { stack, signal }: ObserveOptions,
): Promise<Mark> => {
  const startedMs = nowMs();
  let beganMs: number | undefined;
  await stack.run(run, () => {
    beganMs ??= nowMs();
  });
  const doneMs = nowMs();
  const mark = { run, startedMs, beganMs: beganMs ?? doneMs };
  await until(mark.beganMs + lastsMs, signal);
  return { ...mark, endedMs: Math.max(doneMs, mark.beganMs + lastsMs) };
};

/** Adds load for a time, and passes on its record. */
const runSurge = async (
  { surge, lastsMs }: SurgeStep,
  { signal }: ObserveOptions,
  startLoad: StartLoad,
): Promise<Mark> => {
  const over = new AbortController();
  const began = createDeferred<void>();
  const startedMs = nowMs();
  const loading = startLoad({ rate: surge, checks: false, signal: over.signal, onFirst: began.resolve });
  let beganMs = nowMs();
  try {
    await Promise.race([began.promise, loading]);
    beganMs = nowMs();
    await until(beganMs + lastsMs, signal);
  } finally {
    over.abort();
    await loading;
  }
  return { run: `${surge} more requests a second`, startedMs, beganMs, endedMs: nowMs() };
};

type FollowedMethod = Pick<Observation, 'marks' | 'settledMs'> & { readonly rows: readonly StackRow[] };

/** Carries out the steps at their times, waits until all processes serve, and then as long as planned. */
const followMethod = async (
  options: ObserveOptions,
  beganMs: number,
  startLoad: StartLoad,
): Promise<FollowedMethod> => {
  const { method, forMs, stack, signal } = options;
  const marks: Mark[] = [];
  const rows: StackRow[] = [];
  // By how much steps were late, because the commands in front of them took longer.
  let lateMs = 0;
  for (const atMs of new Set(method.map((step) => step.atMs))) {
    const steps = method.filter((step) => step.atMs === atMs);
    if (marks.length > 0) rows.push(...(await stack.ps()));
    await until(beganMs + atMs + lateMs, signal);
    if (signal.aborted) break;
    // Steps of one time are carried out together.
    const together = await Promise.all(
      steps.map((step) => ('surge' in step ? runSurge(step, options, startLoad) : runCommand(step, options))),
    );
    marks.push(...together);
    lateMs = Math.max(0, ...together.map(({ endedMs }) => endedMs - beganMs - atMs));
  }
  if (marks.length > 0 && !signal.aborted) await findUnsettled(stack, maxSettleMs);
  const settledMs = nowMs();
  lateMs = Math.max(lateMs, settledMs - beganMs - (method.at(-1)?.atMs ?? forMs));
  await until(beganMs + forMs + lateMs, signal);
  return { marks, rows, settledMs };
};

/** The record of a load with those that were added to it. */
const addLoads = (load: RecordedLoad, added: readonly RecordedLoad[]): RecordedLoad => ({
  ...load,
  requests: [load, ...added].flatMap(({ requests }) => requests),
  failedChecks: [load, ...added].flatMap(({ failedChecks }) => failedChecks),
});

/** Puts the load of an experiment on its stack, carries out the method meanwhile, and returns what was seen. */
export const observeLoad = async (options: ObserveOptions): Promise<Observation> => {
  const { checkout, stack, experiment, isOurs, random, cpuSeconds, signal } = options;
  const { load, labName } = experiment;
  const before = await waitUntilSettled(stack);
  const watch = isOurs ? watchPools(stack.adminPort) : undefined;
  const began = createDeferred<number>();
  const over = new AbortController();
  const scenario = pathToFileURL(join(checkout, 'labs', labName, 'scenarios', `${load.scenario}.ts`)).href;
  const added: RecordedLoad[] = [];
  const startLoad: StartLoad = async (one) => {
    const loaded = await runRecordedLoad({
      ...one,
      port: stack.port,
      scenario,
      timeoutMs: load.timeoutMs ?? defaultTimeoutMs,
      seed: Math.floor(random() * maxSeed),
      cpuSeconds,
    });
    if (!one.checks) added.push(loaded);
    return loaded;
  };
  const loading = startLoad({
    rate: load.rate,
    connections: load.connections,
    checks: true,
    signal: over.signal,
    onFirst: () => began.resolve(nowMs()),
  });
  try {
    const beganMs = await Promise.race([began.promise, loading.then(() => nowMs())]);
    const { marks, settledMs, rows: between } = await followMethod(options, beganMs, startLoad);
    const endedMs = nowMs();
    over.abort();
    const recorded = await loading;
    const { changes = [], sent } = (await watch?.stop()) ?? {};
    const after = signal.aborted ? before : await stack.ps();
    return {
      load: addLoads(recorded, added),
      beganMs,
      endedMs,
      settledMs,
      marks,
      changes,
      sent,
      rows: { before, between, after },
    };
  } finally {
    over.abort();
    await Promise.allSettled([loading, watch?.stop()]);
  }
};
