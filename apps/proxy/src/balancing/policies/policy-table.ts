import type { PolicyChoice, PolicyDefinition, PolicyOptions, SelectionPolicy } from '../selection-policy.ts';
import { hash } from './hash.ts';
import { ipHash } from './ip-hash.ts';
import { leastRequests } from './least-requests.ts';
import { peakEwma } from './peak-ewma.ts';
import { randomTwo } from './random-two.ts';
import { roundRobin } from './round-robin.ts';

/** Every selection policy by its name in flags and files. To add one, add a file and a line here. */
export const selectionPolicies = {
  'round-robin': roundRobin,
  'least-requests': leastRequests,
  'random-two': randomTwo,
  'peak-ewma': peakEwma,
  'ip-hash': ipHash,
  hash,
} as const satisfies Record<string, PolicyDefinition>;

export type PolicyName = keyof typeof selectionPolicies;

export const policyNames = Object.keys(selectionPolicies) as readonly PolicyName[];

/** A policy as a config file gives it: a name, or an object with the name and options. */
export type PolicySetting = PolicyName | ({ readonly name: PolicyName } & PolicyOptions);

/** The chosen policy with a value for each of its options. */
export const parsePolicy = (setting: PolicySetting): PolicyChoice => {
  const { name, ...given } = typeof setting === 'string' ? { name: setting } : setting;
  const declared: PolicyDefinition = selectionPolicies[name];
  const defaults = Object.entries(declared.options).map(([option, schema]) => [option, schema.default]);
  return { name, options: { ...Object.fromEntries(defaults), ...given } };
};

/** Makes the policy of a pool. `random` returns a number from 0 up to 1. */
export const createPolicy = ({ name, options }: PolicyChoice, random: () => number): SelectionPolicy => {
  const definition: PolicyDefinition = selectionPolicies[name as PolicyName];
  return definition.create(options, random);
};

const objectSchemas = Object.entries<PolicyDefinition>(selectionPolicies).map(([name, { options }]) => ({
  if: { type: 'object', required: ['name'], properties: { name: { const: name } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: {
    type: 'object',
    additionalProperties: false,
    properties: {
      name: true,
      ...Object.fromEntries(
        Object.entries(options).map(([option, { type, pattern, description }]) => [
          option,
          { type, pattern, description },
        ]),
      ),
    },
  },
}));

const nameSchema = { type: 'string', enum: policyNames, description: `one of ${policyNames.join(', ')}` };

/** The JSON Schema of `policy` in a config file. */
export const policySchema = {
  if: { type: 'object' },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { type: 'object', required: ['name'], properties: { name: nameSchema }, allOf: objectSchemas },
  else: nameSchema,
};
