import type { Settings } from '@tripod/shared/config/settings';

/** Settings that every service with shared state has. */
export const stateSettings = {
  stateUrl: {
    type: 'string',
    minLength: 1,
    placeholder: 'url',
    shape: 'redis://localhost:6379',
    description: 'A Redis that keeps sessions, keys and jobs; without it they are in Postgres',
  },
} as const satisfies Settings;
