import type { ConfigOf, Settings } from '@tripod/shared/config/settings';

/** Settings of every run. Flags only: a figure must not depend on what happens to be in the environment. */
export const benchSettings = {
  rounds: {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 5,
    environment: false,
    description: 'How many times each contestant is measured; they take turns',
  },
  seconds: {
    type: 'integer',
    minimum: 1,
    maximum: 600,
    default: 3,
    environment: false,
    description: 'How long each measurement takes',
  },
} as const satisfies Settings;

export type BenchConfig = ConfigOf<typeof benchSettings>;
