import { databaseSettings } from '@tripod/embedded-postgres/database-settings';
import { configFileSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { stateSettings } from '@tripod/state/store/state-settings';

/** Every setting of the worker: `--help`, the environment, the config file and the docs come from here. */
export const workerSettings = {
  name: {
    type: 'string',
    pattern: '^[\\w.-]{1,63}$',
    default: 'worker',
    // NAME is taken on some systems.
    environment: false,
    placeholder: 'name',
    shape: '1 to 63 letters, digits, dots, hyphens or underscores',
    description: 'Name of this worker in its log and in the records of jobs',
  },
  concurrency: {
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 1,
    placeholder: 'jobs',
    description: 'How many jobs to work on at the same time',
  },
  workMs: {
    type: 'integer',
    minimum: 0,
    maximum: 3_600_000,
    default: 100,
    placeholder: 'ms',
    description: 'How long each job takes, so that it can be watched',
  },
  ...stateSettings,
  ...databaseSettings,
  drainTimeoutMs: {
    type: 'integer',
    minimum: 0,
    maximum: 3_600_000,
    default: 10_000,
    placeholder: 'ms',
    description: 'On stopping: how long the jobs under way may take; later ones are left to other workers',
  },
  logFormat: serviceSettings.logFormat,
  config: configFileSetting,
} as const satisfies Settings;

export type WorkerConfig = ConfigOf<typeof workerSettings>;
