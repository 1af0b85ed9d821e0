import { createIpHash } from './policies/ip-hash.ts';
import { createLeastRequests } from './policies/least-requests.ts';
import { createRandomTwo } from './policies/random-two.ts';
import { createRoundRobin } from './policies/round-robin.ts';
import type { SelectionPolicy } from './selection-policy.ts';

/** Every policy by the name it has in flags and files. A new one is a new file and a line here. */
export const selectionPolicies = {
  'round-robin': createRoundRobin,
  'least-requests': createLeastRequests,
  'random-two': createRandomTwo,
  'ip-hash': createIpHash,
} as const satisfies Record<string, (random: () => number) => SelectionPolicy>;

export type PolicyName = keyof typeof selectionPolicies;

export const policyNames = Object.keys(selectionPolicies) as readonly PolicyName[];
