import type { Experiment } from '../definition/experiment.ts';
import type { BalancerResult, ExperimentResult } from './result.ts';

/** The result of an experiment. It holds when it holds for each engine of our proxy that was run. */
export const toResult = (
  { name, labName, title, explain }: Experiment,
  balancers: readonly BalancerResult[],
  left: readonly string[],
): ExperimentResult => ({
  experiment: name,
  lab: labName,
  title,
  explain,
  holds: balancers.every(({ isOurs, holds }) => holds || !isOurs),
  left,
  balancers,
});
