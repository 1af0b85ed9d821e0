import { createRoundRobin } from './policies/round-robin.ts';
import type { SelectionPolicy } from './selection-policy.ts';

/** Every policy by the name it has in flags and files. A new one is a new file and a line here. */
export const selectionPolicies = {
  'round-robin': createRoundRobin,
} as const satisfies Record<string, () => SelectionPolicy>;

export type PolicyName = keyof typeof selectionPolicies;

export const policyNames = Object.keys(selectionPolicies) as readonly PolicyName[];
