import { databaseSettings } from '@tripod/embedded-postgres/database-settings';
import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { stateSettings } from '@tripod/state/store/state-settings';
import { resources } from './resources.ts';

const resourceNames = resources.map(({ name }) => name);

/** Settings of the api-server, from which `--help`, environment variables, config file and docs are derived. */
export const apiServerSettings = {
  port: portSetting(8081),
  host: serviceSettings.host,
  name: {
    type: 'string',
    pattern: '^[\\w.-]{1,63}$',
    // Some systems set NAME themselves.
    environment: false,
    placeholder: 'name',
    shape: '1 to 63 letters, digits, dots, hyphens or underscores',
    description: 'Name of this copy in its log and in X-Served-By; default api-PORT',
  },
  databaseUrl: databaseSettings.databaseUrl,
  embeddedDatabase: databaseSettings.embeddedDatabase,
  stateDir: databaseSettings.stateDir,
  ...stateSettings,
  resources: {
    type: 'array',
    items: { type: 'string', pattern: `^(?:${resourceNames.join('|')})$` },
    default: resourceNames,
    placeholder: 'names',
    shape: `names of resources, separated by commas, from ${resourceNames.join(', ')}`,
    description: 'Which resources this copy serves and migrates',
  },
  basePath: {
    type: 'string',
    pattern: '^(?:/[\\w-]+)+$',
    placeholder: 'prefix',
    shape: 'a path of letters, digits, hyphens and underscores without a slash at its end, such as /api',
    description: 'A path below which all operations are served as well',
  },
  poolSize: databaseSettings.poolSize,
  preparedStatements: databaseSettings.preparedStatements,
  allowUnsafeDurability: databaseSettings.allowUnsafeDurability,
  corsOrigins: {
    type: 'array',
    items: { type: 'string', pattern: '^(\\*|https?://[^/\\s*]+)$' },
    default: ['*'],
    placeholder: 'origins',
    shape: '* or origins such as https://gallery.example, separated by commas',
    description: 'Origins whose pages may use the API',
  },
  servedBy: {
    type: 'boolean',
    default: true,
    description: 'Leave out X-Served-By',
  },
  drainDelayMs: serviceSettings.drainDelayMs,
  logFormat: serviceSettings.logFormat,
  metrics: serviceSettings.metrics,
  profile: serviceSettings.profile,
  config: configFileSetting,
} as const satisfies Settings;

export type ApiServerConfig = ConfigOf<typeof apiServerSettings>;

/** The name of a copy: its setting, or api-PORT. */
export const copyNameOf = ({ name, port }: Pick<ApiServerConfig, 'name' | 'port'>): string =>
  name ?? `api-${port}`;
