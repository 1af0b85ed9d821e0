import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { lostWrites } from './trials.ts';

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
    default: 2,
    environment: false,
    description: `How long each measurement takes; for ${lostWrites.name}, how long faults go on, ${lostWrites.seconds} without it`,
  },
  only: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    placeholder: 'loads',
    shape: 'names of loads, such as get-32',
    environment: false,
    description: 'Only these loads; all without it',
  },
  contestants: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    placeholder: 'names',
    shape: 'names of contestants, such as direct,nginx',
    environment: false,
    description: 'Only these contestants; a ratio needs the peer among them',
  },
  json: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'file',
    environment: false,
    description: 'Write the report there too, as JSON',
  },
  from: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'file',
    environment: false,
    description: 'Measure nothing and take the figures from the report of an earlier run',
  },
  writeDocs: {
    type: 'boolean',
    default: false,
    environment: false,
    description: 'Write the figures and the chart into docs/reference/',
  },
} as const satisfies Settings;

export type BenchConfig = ConfigOf<typeof benchSettings>;
