import { ConfigError, type ConfigProblem } from '@tripod/shared/config/config-error';
import type { ConfigSource } from '@tripod/shared/config/config-source';
import type { ResolvedConfig } from '@tripod/shared/config/load-config';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Logger } from '@tripod/shared/logging/logger';
import { adminErrors } from './admin/admin-errors.ts';
import type { AdminConfig } from './admin/config-routes.ts';
import { type ProxyConfig, type ProxySettings, parseProxyConfig, type proxySettings } from './config.ts';
import type { RouteObject } from './routing/route-objects.ts';

type Resolved = ResolvedConfig<typeof proxySettings>;
export type ProxyConfigSource = ConfigSource<typeof proxySettings>;

/** The configuration of a running proxy. */
export type LiveConfig = AdminConfig & {
  /** Updated in place by a reload: read a value when it is needed, and keep no copy. */
  readonly values: ProxyConfig;
  /** Reloads since the start, by outcome. */
  readonly counters: { readonly reloaded: number; readonly refused: number };
};

export type LiveConfigOptions = {
  readonly source: ProxyConfigSource;
  readonly logger: Logger;
  /** Descriptors that the process may have open. */
  readonly descriptorLimit: number;
  /** Called after a reload has updated `values`. */
  readonly onChanged: () => void;
};

/** Settings that a reload cannot change: listeners, engine, log, and timers that are set when a connection opens. */
const fixedSettings = [
  'port',
  'host',
  'tlsCert',
  'tlsKey',
  'tls',
  'hstsMaxAgeS',
  'adminPort',
  'adminHost',
  'engine',
  'clientHeadTimeoutMs',
  'clientKeepAliveMs',
  'upstreamKeepAliveMs',
  'drainDelayMs',
  'logFormat',
  'metrics',
  'profile',
] as const satisfies readonly (keyof ProxySettings)[];

/** The default of maxConnections is lowered without a log line, unless it gets this low. */
const lowMaxConnections = 1024;

const isDifferent = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

const findChanged = (before: ProxySettings, after: ProxySettings): readonly (keyof ProxySettings)[] => {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof ProxySettings)[]);
  return [...names].filter((name) => isDifferent(before[name], after[name]));
};

/** Routes of a config file as they may be shown: the passwords of `basicAuth` are left out. */
const hidePasswords = (routes: unknown): unknown =>
  !Array.isArray(routes)
    ? routes
    : routes.map((route: RouteObject) =>
        route.basicAuth === undefined
          ? route
          : {
              ...route,
              basicAuth: {
                ...route.basicAuth,
                users: Object.fromEntries(Object.keys(route.basicAuth.users).map((name) => [name, '…'])),
              },
            },
      );

const shownValue = (name: string, value: unknown): unknown => {
  if (name === 'adminToken') return value === undefined ? undefined : '…';
  return name === 'routes' ? hidePasswords(value) : value;
};

/** An origin such as `#/port in /etc/proxy.json` holds the JSON pointer of the field; `--port` and `PORT` hold none. */
const toProblemSource = (origin: string): Pick<ConfigProblem, 'source' | 'pointer'> => {
  const [pointer = ''] = origin.split(' in ');
  return pointer.startsWith('#/') ? { source: origin, pointer } : { source: origin };
};

const findFixedProblems = (
  changed: readonly string[],
  before: Resolved,
  after: Resolved,
): readonly ConfigProblem[] =>
  fixedSettings
    .filter((name) => changed.includes(name))
    .map((name) => {
      const origin = after.origins[name] ?? 'default';
      const [old, wanted] = [before.config[name], after.config[name]].map((value) => JSON.stringify(value));
      return {
        ...toProblemSource(origin === 'default' ? `#/${name}` : origin),
        problem: `cannot change from ${old} to ${wanted} without a restart of the proxy`,
      };
    });

const toAppError = ({ problems }: ConfigError): AppError =>
  new AppError(adminErrors.ADMIN_CONFIG_INVALID, {
    errors: problems.map(({ source, pointer, problem }) =>
      pointer === undefined ? { pointer: '#', detail: `${source} ${problem}` } : { pointer, detail: problem },
    ),
  });

/**
 * Holds the configuration of a running proxy. A reload is applied as a whole or not at all. Throws a ConfigError when
 * the first configuration is not valid.
 */
export const createLiveConfig = (options: LiveConfigOptions): LiveConfig => {
  const { source, logger, descriptorLimit, onChanged } = options;
  let current = source.read();
  const values: ProxyConfig = { ...parseProxyConfig(current.config, descriptorLimit) };
  const counters = { reloaded: 0, refused: 0 };

  const logLoweredConnections = (): void => {
    const { maxConnections } = values;
    const isChosen = current.origins['maxConnections'] !== 'default';
    const isLow = maxConnections < lowMaxConnections;
    if (maxConnections < current.config.maxConnections && (isChosen || isLow))
      logger.info('maxConnections is lowered to fit the descriptor limit', {
        maxConnections,
        descriptorLimit,
      });
  };
  logLoweredConnections();

  const readChanges = (): { readonly next: Resolved; readonly changed: readonly string[] } => {
    const next = source.read();
    const changed = findChanged(current.config, next.config);
    const problems = findFixedProblems(changed, current, next);
    if (problems.length > 0) throw new ConfigError(problems);
    return { next, changed };
  };

  return {
    values,
    counters,
    report: () => ({
      file: source.file ?? null,
      settings: Object.fromEntries(
        Object.entries(current.config)
          // `to`, and routes of the file, replace the default.
          .filter(([name]) => name !== 'route' || (current.config.routes ?? current.config.to) === undefined)
          .map(([name, value]) => [
            name,
            {
              value: shownValue(name, value),
              from: current.origins[name] ?? 'default',
            },
          ]),
      ),
    }),
    reload() {
      try {
        const { next, changed } = readChanges();
        Object.assign(values, parseProxyConfig(next.config, descriptorLimit));
        current = next;
        logLoweredConnections();
        onChanged();
        counters.reloaded += 1;
        logger.info('configuration reloaded', { changed });
        return { changed };
      } catch (error) {
        counters.refused += 1;
        if (!(error instanceof ConfigError)) throw error;
        const problems = error.problems.map((one) => `${one.source} ${one.problem}`);
        logger.error('configuration not reloaded, the old one stays in force', { problems });
        throw toAppError(error);
      }
    },
  };
};
