import type { Experiment, Variant } from './definition/experiment.ts';
import type { Claims } from './definition/limits.ts';
import { type Balancer, isOurs } from './lab/balancers.ts';
import type { LabStack } from './lab/lab-stack.ts';
import { limitInFlight } from './lab/limit-in-flight.ts';
import { waitUntilSettled } from './lab/wait-until-settled.ts';
import { observeLoad } from './observe-load.ts';
import { judge, withoutOwnFigures } from './verdict/judge.ts';
import { measure } from './verdict/measure.ts';
import type { Observation } from './verdict/observation.ts';
import type { BalancerResult } from './verdict/result.ts';

export type RunExperimentOptions = {
  readonly checkout: string;
  readonly stack: LabStack;
  readonly experiment: Experiment;
  readonly variant: Variant | undefined;
  readonly balancer: Balancer;
  /** In the short form the time before the fault is the control. */
  readonly isShort: boolean;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly cpuSeconds: () => number;
  /** Ends the run early; the rollback follows. */
  readonly signal: AbortSignal;
};

const rollBack = async ({ stack, experiment, balancer }: RunExperimentOptions): Promise<void> => {
  for (const command of experiment.rollback) await stack.run(command);
  if (experiment.maxInFlight !== undefined && isOurs(balancer)) await limitInFlight(stack.adminPort, null);
  await waitUntilSettled(stack);
};

const observeMethod = async (options: RunExperimentOptions): Promise<Observation> => {
  const { experiment, balancer } = options;
  const { method, load } = experiment;
  try {
    return await observeLoad({ ...options, isOurs: isOurs(balancer), method, forMs: load.forMs });
  } finally {
    await rollBack(options);
  }
};

/**
 * Runs the load without the method as a control, then with it, and rolls back in any case. Returns undefined when the
 * signal ended it early. Throws a StartError when the stack fails.
 */
export const runExperiment = async (options: RunExperimentOptions): Promise<BalancerResult | undefined> => {
  const { experiment, variant, balancer, stack, isShort, signal } = options;
  const { load, hypothesis, proof, maxInFlight } = experiment;
  const ours = isOurs(balancer);
  for (const command of experiment.prepare) await stack.run(command);
  if (maxInFlight !== undefined && ours) await limitInFlight(stack.adminPort, maxInFlight);
  const control = isShort
    ? undefined
    : measure(await observeLoad({ ...options, isOurs: ours, method: [], forMs: load.forMs }));
  if (signal.aborted) return undefined;
  const observation = await observeMethod(options);
  if (signal.aborted) return undefined;
  const measured = measure(observation);
  const { requests, failedIn, p99Ms } = control ?? measured;
  const known = (claims: Claims): Claims => (ours ? claims : withoutOwnFigures(claims));
  const claims = judge(known({ ...hypothesis, ...variant?.hypothesis }), measured);
  const proven = judge(known(proof), measured);
  const { result } = observation.load;
  const { late } = result.generator;
  return {
    balancer: balancer.name,
    ...(variant === undefined ? {} : { variant: variant.name }),
    isOurs: ours,
    ...measured,
    control: { requests: requests.before, failed: failedIn.before, p99Ms: p99Ms.before },
    claims,
    proof: proven,
    holds: claims.every(({ holds }) => holds) && proven.every(({ holds }) => holds),
    method: observation.marks.map(({ run, beganMs, endedMs }) => ({
      run,
      atMs: Math.round(beganMs - observation.beganMs),
      tookMs: Math.round(endedMs - beganMs),
    })),
    checks: result.checks,
    ...(late === undefined ? {} : { generatorLate: late }),
  };
};
