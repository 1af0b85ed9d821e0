import type { Way } from './deviation.ts';
import { waysWithFailures } from './failures.ts';
import { waysWithRequests } from './requests.ts';
import { waysWithResponses } from './responses.ts';

const ways: readonly Way[] = [...waysWithRequests, ...waysWithResponses, ...waysWithFailures];
const byRule: ReadonlyMap<string, Way> = new Map(ways.flatMap((way) => way.rules.map((rule) => [rule, way])));

/** What nginx does with this rule instead of keeping it. */
export const findNginxWay = (rule: string): Way | undefined => byRule.get(rule);

/** Every rule that nginx does otherwise, to see that there is such a rule. */
export const rulesWithWays = (): readonly string[] => ways.flatMap(({ rules }) => rules);
