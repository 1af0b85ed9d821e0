import type { NginxDeviation } from './deviation.ts';
import { failureDeviations } from './failures.ts';
import { requestDeviations } from './requests.ts';
import { responseDeviations } from './responses.ts';

const deviations: readonly NginxDeviation[] = [
  ...requestDeviations,
  ...responseDeviations,
  ...failureDeviations,
];
const byRule: ReadonlyMap<string, NginxDeviation> = new Map(
  deviations.flatMap((deviation) => deviation.rules.map((rule) => [rule, deviation])),
);

/** Returns what nginx does instead of the rule, or undefined when nginx follows the rule. */
export const findNginxDeviation = (rule: string): NginxDeviation | undefined => byRule.get(rule);

/** Returns every rule that has a recorded deviation, to check that the rule exists. */
export const rulesWithDeviations = (): readonly string[] => deviations.flatMap(({ rules }) => rules);
