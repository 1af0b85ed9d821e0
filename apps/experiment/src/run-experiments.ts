import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment, Variant } from './definition/experiment.ts';
import { type Balancer, isOurs } from './lab/balancers.ts';
import { type LabStack, startLabStack } from './lab/lab-stack.ts';
import { waitUntilSettled } from './lab/wait-until-settled.ts';
import { readChangedLab, writeLab } from './lab/write-lab.ts';
import { runExperiment } from './run-experiment.ts';
import type { BalancerResult } from './verdict/result.ts';

export type RunExperimentsOptions = {
  readonly checkout: string;
  readonly execPath: string;
  readonly userId: number;
  /** Variables of the processes of the stack. */
  readonly environment: Readonly<Record<string, string>>;
  readonly experiments: readonly Experiment[];
  readonly balancers: readonly Balancer[];
  readonly isShort: boolean;
  readonly random: () => number;
  readonly cpuSeconds: () => number;
  /** Ends the run early, after the rollback. */
  readonly signal: AbortSignal;
  readonly onProgress: (sentence: string) => void;
  readonly onResult: (experiment: Experiment, result: BalancerResult) => void;
};

/** One experiment with one load balancer, and the lab that it needs. */
type Run = {
  readonly experiment: Experiment;
  readonly variant: Variant | undefined;
  readonly balancer: Balancer;
  readonly lab: Readonly<Record<string, unknown>>;
};

/**
 * Variants are settings of our proxy, so that another load balancer runs only the first. In the short form only the
 * last one runs.
 */
export const chooseVariants = (
  { variants }: Experiment,
  balancer: Balancer,
  isShort: boolean,
): readonly (Variant | undefined)[] => {
  const [first] = variants;
  if (first === undefined || !isOurs(balancer)) return [first];
  return isShort ? variants.slice(-1) : variants;
};

const listRuns = ({ checkout, experiments, balancers, isShort }: RunExperimentsOptions): readonly Run[] =>
  experiments.flatMap((experiment) =>
    balancers.flatMap((balancer) =>
      chooseVariants(experiment, balancer, isShort).map((variant) => {
        const changes = { ...experiment.lab, ...variant?.lab };
        return { experiment, variant, balancer, lab: readChangedLab(checkout, experiment.labName, changes) };
      }),
    ),
  );

/** Runs that need the same lab with the same load balancer share a stack. */
const groupByStack = (runs: readonly Run[]): readonly (readonly Run[])[] => {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.experiment.labName, run.balancer.name, run.lab]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
};

const runGroup = async (
  group: readonly Run[],
  stack: LabStack,
  { checkout, isShort, random, cpuSeconds, signal, onProgress, onResult }: RunExperimentsOptions,
): Promise<void> => {
  for (const [index, { experiment, variant, balancer }] of group.entries()) {
    if (signal.aborted) return;
    if (index > 0 && !isOurs(balancer)) {
      // nginx remembers for 10 s which copies have failed. Our proxy reports when it uses all of them again.
      await stack.run(`restart ${balancer.process}`);
      await waitUntilSettled(stack);
    }
    onProgress(`${experiment.name}: ${[balancer.name, variant?.name].filter(Boolean).join(', ')}`);
    const result = await runExperiment({
      ...{ checkout, stack, experiment, variant, balancer, isShort, random, cpuSeconds, signal },
    });
    if (result) onResult(experiment, result);
  }
};

/**
 * Runs experiments with each load balancer on stacks of their own, whose files are in a folder below the temporary
 * folder and are removed at the end. Throws a StartError when a stack fails.
 */
export const runExperiments = async (options: RunExperimentsOptions): Promise<void> => {
  const { checkout, execPath, userId, environment, random, signal, onProgress } = options;
  const stateDir = mkdtempSync(join(tmpdir(), 'tripod-experiment-'));
  // A Postgres that root starts runs as another user.
  chmodSync(stateDir, 0o755);
  try {
    for (const group of groupByStack(listRuns(options))) {
      const [first] = group;
      if (first === undefined || signal.aborted) continue;
      const { experiment, balancer, lab } = first;
      onProgress(`starts the lab ${experiment.labName} with ${balancer.name}`);
      const stack = await startLabStack({
        ...{ checkout, execPath, userId, environment, stateDir },
        labFolder: writeLab(stateDir, experiment.labName, lab),
        balancer: balancer.name,
        random: random(),
      });
      try {
        await runGroup(group, stack, options);
      } finally {
        await stack.stop();
      }
    }
  } finally {
    // The last files of Postgres may appear while the folder is removed.
    rmSync(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
};
