import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createDeferred } from '@tripod/shared/async/deferred';
import type { Experiment, Step } from './definition/experiment.ts';
import type { LabStack, StackRow } from './lab/lab-stack.ts';
import { waitUntilSettled } from './lab/wait-until-settled.ts';
import { watchPools } from './lab/watch-pools.ts';
import { runRecordedLoad } from './load/run-recorded-load.ts';
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

const defaultTimeoutMs = 10_000;
const maxSeed = 2 ** 31;

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Waits until a moment; returns at once when the signal is aborted. */
const until = async (atMs: number, signal: AbortSignal): Promise<void> => {
  const ms = atMs - nowMs();
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
};

const carryOut = async ({ run, lastsMs = 0 }: Step, stack: LabStack, signal: AbortSignal): Promise<Mark> => {
  let beganMs: number | undefined;
  const lines = await stack.run(run, () => {
    beganMs ??= nowMs();
  });
  const doneMs = nowMs();
  const mark = { run, beganMs: beganMs ?? doneMs, lines };
  await until(mark.beganMs + lastsMs, signal);
  return { ...mark, endedMs: Math.max(doneMs, mark.beganMs + lastsMs) };
};

/** Carries out the steps at their times, and then waits as long as planned. */
const followMethod = async (
  { method, forMs, stack, signal }: ObserveOptions,
  beganMs: number,
): Promise<{ readonly marks: readonly Mark[]; readonly rows: readonly StackRow[] }> => {
  const marks: Mark[] = [];
  const rows: StackRow[] = [];
  // By how much steps were late, because the commands in front of them took longer.
  let lateMs = 0;
  for (const [atMs, steps] of Map.groupBy(method, (step) => step.atMs)) {
    if (marks.length > 0) rows.push(...(await stack.ps()));
    await until(beganMs + atMs + lateMs, signal);
    if (signal.aborted) return { marks, rows };
    // Steps of one time are carried out together.
    const together = await Promise.all(steps.map((step) => carryOut(step, stack, signal)));
    marks.push(...together);
    lateMs = Math.max(0, ...together.map(({ endedMs }) => endedMs - beganMs - atMs));
  }
  await until(beganMs + forMs + lateMs, signal);
  return { marks, rows };
};

/** Puts the load of an experiment on its stack, carries out the method meanwhile, and returns what was seen. */
export const observeLoad = async (options: ObserveOptions): Promise<Observation> => {
  const { checkout, stack, experiment, isOurs, random, cpuSeconds, signal } = options;
  const { load, labName } = experiment;
  const before = await waitUntilSettled(stack);
  const watch = isOurs ? watchPools(stack.adminPort) : undefined;
  const began = createDeferred<number>();
  const over = new AbortController();
  const scenario = pathToFileURL(join(checkout, 'labs', labName, 'scenarios', `${load.scenario}.ts`)).href;
  const loading = runRecordedLoad({
    port: stack.port,
    scenario,
    rate: load.rate,
    timeoutMs: load.timeoutMs ?? defaultTimeoutMs,
    seed: Math.floor(random() * maxSeed),
    cpuSeconds,
    signal: over.signal,
    onFirst: () => began.resolve(nowMs()),
  });
  try {
    const beganMs = await Promise.race([began.promise, loading.then(() => nowMs())]);
    const { marks, rows: between } = await followMethod(options, beganMs);
    const endedMs = nowMs();
    over.abort();
    const recorded = await loading;
    const { changes = [], sent } = (await watch?.stop()) ?? {};
    const after = signal.aborted ? before : await stack.ps();
    return { load: recorded, beganMs, endedMs, marks, changes, sent, rows: { before, between, after } };
  } finally {
    over.abort();
    await Promise.allSettled([loading, watch?.stop()]);
  }
};
