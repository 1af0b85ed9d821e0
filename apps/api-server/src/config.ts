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
  demoRows: {
    type: 'boolean',
    default: false,
    description:
      'Give new tables their demo rows, such as the first pictures; without DATABASE_URL they always get them',
  },
  poolSize: databaseSettings.poolSize,
  preparedStatements: databaseSettings.preparedStatements,
  allowUnsafeDurability: databaseSettings.allowUnsafeDurability,
  corsOrigins: {
    type: 'array',
    items: { type: 'string', pattern: '^(\\*|none|https?://[^/\\s*]+)$' },
    default: ['*'],
    placeholder: 'origins',
    shape: '*, none, or origins such as https://gallery.example, separated by commas',
    problems: (origins: readonly string[]) =>
      origins.includes('none') && origins.length > 1 ? ['must be none alone, or a list without none'] : [],
    description: 'Origins whose pages may use the API; none sends no CORS header',
  },
  writeToken: {
    type: 'string',
    // What a client can send after `Bearer` (RFC 6750 2.1).
    pattern: '^[\\w.~+/-]{1,1000}=*$',
    secret: true,
    shape: 'letters, digits and -._~+/',
    description: 'Token that every POST must send as Authorization: Bearer TOKEN; default: none is needed',
  },
  writeLimit: {
    type: 'string',
    pattern: '^[1-9]\\d{0,5}/s$',
    placeholder: 'N/s',
    shape: 'a whole number of requests per second such as 10/s',
    description: 'Most POSTs of one client address to this copy; default: no limit',
  },
  rowLimit: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000_000,
    placeholder: 'rows',
    description:
      'About how many rows each table of images, books, people and posts may have; default: no limit. Further POSTs get 507',
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
