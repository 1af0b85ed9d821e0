import { ConfigError } from '@tripod/shared/config/config-error';

/** What processes may use: cores, such as 1.5, and MiB of memory. */
export type Share = { readonly cpus: number; readonly memoryMb: number };

/** What a whole stack may use, and the share of each service. The copies of a service divide its share. */
export type Budget = Share & { readonly shares: Readonly<Record<string, Share>> };

const shareProperties = {
  cpus: { type: 'number', exclusiveMinimum: 0, description: 'a number of CPUs above 0' },
  memoryMb: { type: 'number', minimum: 64, description: 'a number of megabytes from 64 up' },
} as const;

/** The JSON Schema of `budget` in a config file. */
export const budgetSchema = {
  type: 'object',
  description: 'an object with cpus, memoryMb and shares',
  additionalProperties: false,
  required: ['cpus', 'memoryMb', 'shares'],
  properties: {
    ...shareProperties,
    shares: {
      type: 'object',
      description: 'an object with the names of services',
      additionalProperties: {
        type: 'object',
        description: 'an object with cpus and memoryMb',
        additionalProperties: false,
        required: ['cpus', 'memoryMb'],
        properties: shareProperties,
      },
    },
  },
} as const;

/** Tenths of cores have no exact sums. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;

export type BudgetedServices = {
  /** The services that run. */
  readonly running: readonly string[];
  /** Services of which one runs at a time, so that the largest of their shares counts. */
  readonly alternatives: readonly string[];
};

/** Throws a ConfigError when a service that runs has no share, or when the shares do not add up to the budget. */
export const checkBudget = (
  { shares, ...total }: Budget,
  { running, alternatives }: BudgetedServices,
): void => {
  const source = '#/budget/shares';
  const problems = running
    .filter((name) => shares[name] === undefined)
    .map((name) => ({ source, problem: `has no share for ${name}, which runs` }));
  for (const [key, unit] of [
    ['cpus', 'CPUs'],
    ['memoryMb', 'MB'],
  ] as const) {
    const all = Object.entries(shares);
    const fixed = all.filter(([name]) => !alternatives.includes(name)).map(([, share]) => share[key]);
    const largest = all.filter(([name]) => alternatives.includes(name)).map(([, share]) => share[key]);
    const sum = round([...fixed, Math.max(0, ...largest)].reduce((a, b) => a + b, 0));
    if (sum === round(total[key])) continue;
    problems.push({ source, problem: `must add up to ${total[key]} ${unit}, and add up to ${sum}` });
  }
  if (problems.length > 0) throw new ConfigError(problems);
};

/** The part of a share that one of its copies gets. */
export const divideShare = ({ cpus, memoryMb }: Share, copies: number): Share => ({
  cpus: cpus / Math.max(1, copies),
  memoryMb: memoryMb / Math.max(1, copies),
});

/** What Node needs for code, stacks, buffers and the young generation. */
const leastBesideHeapMb = 100;
const largestHeapPart = 0.6;
/** With less, Node does not start. */
const leastHeapMb = 48;

/**
 * The option that keeps the heap of a Node command within a share of memory, so that it refuses work before it is
 * killed.
 */
export const heapOptionOf = ({ memoryMb }: Share): string =>
  `--max-old-space-size=${Math.floor(Math.max(leastHeapMb, Math.min(memoryMb * largestHeapPart, memoryMb - leastBesideHeapMb)))}`;
