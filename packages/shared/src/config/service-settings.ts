import type { Settings } from './settings.ts';

/** Settings that all Tripod servers share. */
export const serviceSettings = {
  host: {
    type: 'string',
    minLength: 1,
    default: 'localhost',
    placeholder: 'address',
    description:
      'Address to listen on; localhost means both 127.0.0.1 and ::1, 0.0.0.0 opens it to the network',
  },
  drainDelayMs: {
    type: 'integer',
    minimum: 0,
    maximum: 60_000,
    default: 2000,
    placeholder: 'ms',
    description: 'On stopping: how long to go on serving, as not ready, so that load balancers notice',
  },
  logFormat: {
    type: 'string',
    enum: ['auto', 'text', 'json'],
    default: 'auto',
    placeholder: 'format',
    description: 'How log lines look; auto means text on a terminal and json, one object a line, in a pipe',
  },
  metrics: {
    type: 'boolean',
    default: true,
    description: 'Do not serve /metrics',
  },
  profile: {
    type: 'boolean',
    default: true,
    description: 'Do not serve /debug/pprof/profile and /debug/pprof/heap',
  },
} as const satisfies Settings;

/** Creates the `--port` setting of a server. */
export const portSetting = (port: number) =>
  ({
    type: 'integer',
    minimum: 0,
    maximum: 65_535,
    default: port,
    placeholder: 'port',
    description: 'Port to listen on; 0 takes any free one',
  }) as const;

/** The `--config` flag: a JSON file with the same names as in code. */
export const configFileSetting = {
  type: 'string',
  minLength: 1,
  path: true,
  placeholder: 'file',
  environment: false,
  description: 'A JSON file with any of these settings, by their names in code; flags and environment win',
} as const;
