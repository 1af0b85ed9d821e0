import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { lostWrites } from './trials.ts';

/** Settings of every run. They are flags only, so that a result does not depend on the environment. */
export const benchSettings = {
  rounds: {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 5,
    environment: false,
    description: 'Number of rounds; in each, every contestant is measured once',
  },
  seconds: {
    type: 'integer',
    minimum: 1,
    maximum: 600,
    default: 2,
    environment: false,
    description: `Length of each measurement; for ${lostWrites.name}, how long faults are injected (default ${lostWrites.seconds})`,
  },
  only: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    placeholder: 'loads',
    shape: 'names of loads, such as get-32',
    environment: false,
    description: 'Measure only these loads (default: all)',
  },
  contestants: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    placeholder: 'names',
    shape: 'names of contestants, such as direct,nginx',
    environment: false,
    description: 'Measure only these contestants (default: all); ratios need the peer',
  },
  json: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'file',
    environment: false,
    description: 'Also write the report to this file, as JSON',
  },
  from: {
    type: 'string',
    minLength: 1,
    path: true,
    placeholder: 'file',
    environment: false,
    description: 'Measure nothing, and read the figures from the report of an earlier run',
  },
  writeDocs: {
    type: 'boolean',
    default: false,
    environment: false,
    description: 'Write the figures and the chart to docs/reference/',
  },
} as const satisfies Settings;

export type BenchConfig = ConfigOf<typeof benchSettings>;
