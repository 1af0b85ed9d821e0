import type { ConfigOf, Settings } from '@tripod/shared/config/settings';

const file = { type: 'string', minLength: 1, path: true, placeholder: 'file', environment: false } as const;

/** Settings of `experiment`. They are flags only, so that a result does not depend on the environment. */
export const experimentSettings = {
  proxy: {
    type: 'array',
    environment: false,
    placeholder: 'names',
    description: 'The load balancers: direct, http-proxy, nginx (default: those that are installed)',
  },
  short: {
    type: 'boolean',
    default: false,
    environment: false,
    description: 'Run the short form, in which everything lasts a quarter as long',
  },
  json: {
    ...file,
    description: 'Also write the result to this file, as JSON; of several experiments a list',
  },
  report: { ...file, description: 'Also write a report to this file, as one HTML page' },
} as const satisfies Settings;

export type ExperimentConfig = ConfigOf<typeof experimentSettings>;
