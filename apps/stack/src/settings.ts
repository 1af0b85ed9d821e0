import { portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';

/** Names that `--proxy` takes: the engines of our own proxy, then nginx. */
const proxyNames = ['direct', 'http-proxy', 'nginx'] as const;

/** How our own proxy can choose an upstream. */
const policyNames = ['round-robin', 'least-requests', 'random-two', 'ip-hash'] as const;

export const maxCopies = 16;

/** Where the first copy listens unless it is named. */
export const firstApiPort = 8081;

const ownPort = (port: number, description: string) =>
  ({ ...portSetting(port), minimum: 1, environment: false, description }) as const;

/**
 * The folder of everything that is kept. Settings of the stack are flags only: its services read variables such as
 * PORT, and one that is set for some other program would move them all.
 */
export const stateDirSetting = (checkout: string) =>
  ({
    type: 'string',
    minLength: 1,
    path: true,
    default: `${checkout}/.tripod`,
    placeholder: 'folder',
    environment: false,
    description: 'Where the database, the logs and the state are kept; one stack runs for each',
  }) as const;

/** Settings of `stack up`. */
export const upSettings = (checkout: string) =>
  ({
    copies: {
      type: 'integer',
      minimum: 0,
      maximum: maxCopies,
      default: 3,
      environment: false,
      description: 'How many copies of the API server to start',
    },
    port: ownPort(8080, 'Port of the proxy: the address of the whole'),
    host: {
      ...serviceSettings.host,
      environment: false,
      description:
        'Address of the proxy; localhost means both 127.0.0.1 and ::1, 0.0.0.0 opens it to the network',
    },
    proxy: {
      type: 'string',
      enum: proxyNames,
      default: 'direct',
      placeholder: 'name',
      environment: false,
      description: 'What balances: our proxy, by the name of its engine, or nginx',
    },
    policy: {
      type: 'string',
      enum: policyNames,
      default: 'round-robin',
      placeholder: 'name',
      environment: false,
      description: 'How our proxy chooses a copy',
    },
    assets: {
      type: 'string',
      minLength: 1,
      path: true,
      default: `${checkout}/assets`,
      placeholder: 'folder',
      environment: false,
      description: 'The folder that the static server serves',
    },
    stateDir: stateDirSetting(checkout),
    apiPort: ownPort(firstApiPort, 'Port of the first copy; the others take the next free ones'),
    staticPort: ownPort(
      8082,
      'Port of the static server (the gallery opened there asks the API on 8081 directly)',
    ),
    adminPort: ownPort(8090, 'Port of the admin side of our proxy'),
    databaseUrl: {
      type: 'string',
      pattern: '^postgres(ql)?://',
      shape: 'an address that begins with postgres://',
      secret: true,
      description: 'A Postgres of your own; without it one from npm is started',
    },
  }) as const satisfies Settings;

export type UpConfig = ConfigOf<ReturnType<typeof upSettings>>;
