import { ConfigError, type ConfigProblem } from '@tripod/shared/config/config-error';
import type { ConfigSource } from '@tripod/shared/config/config-source';
import type { ResolvedConfig } from '@tripod/shared/config/load-config';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Logger } from '@tripod/shared/logging/logger';
import { adminErrors } from './admin/admin-errors.ts';
import { type ProxyConfig, type ProxySettings, parseProxyConfig, type proxySettings } from './config.ts';

type Resolved = ResolvedConfig<typeof proxySettings>;
export type ProxyConfigSource = ConfigSource<typeof proxySettings>;

/** What a reload changed, by the names of the settings. */
export type Reloaded = { readonly changed: readonly string[] };

/** The configuration that holds now. */
export type LiveConfig = {
  /** Changed in place by a reload: who needs a value reads it when it is needed. */
  readonly values: ProxyConfig;
  readonly counters: { readonly reloaded: number; readonly refused: number };
  /** Each setting with where it was taken from. */
  report(): ConfigReport;
  /** Reads the source again. Throws an AppError with everything that is wrong; then nothing has changed. */
  reload(): Reloaded;
};

export type ConfigReport = {
  readonly file: string | null;
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
};

export type LiveConfigOptions = {
  readonly source: ProxyConfigSource;
  readonly logger: Logger;
  /** Makes the new values hold: `values` has them already. */
  readonly onChanged: () => void;
};

/** Settings that hold from the start to the end of the process: listeners, engine, log, and timers set when they open. */
const fixedSettings = [
  'port',
  'host',
  'adminPort',
  'engine',
  'clientHeadTimeoutMs',
  'clientKeepAliveMs',
  'upstreamKeepAliveMs',
  'drainDelayMs',
  'logFormat',
  'metrics',
] as const satisfies readonly (keyof ProxySettings)[];

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

const changedNames = (before: ProxySettings, after: ProxySettings): readonly (keyof ProxySettings)[] => {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof ProxySettings)[]);
  return [...names].filter((name) => differs(before[name], after[name]));
};

const originOf = (from: string): Pick<ConfigProblem, 'source' | 'pointer'> => {
  const [pointer = ''] = from.split(' in ');
  return pointer.startsWith('#/') ? { source: from, pointer } : { source: from };
};

/** Half a reload would be worse than none: one setting that can't follow refuses the whole. */
const fixedProblems = (
  changed: readonly string[],
  before: Resolved,
  after: Resolved,
): readonly ConfigProblem[] =>
  fixedSettings
    .filter((name) => changed.includes(name))
    .map((name) => {
      const from = after.origins[name] ?? 'default';
      const held = JSON.stringify(before.config[name]);
      return {
        ...originOf(from === 'default' ? `#/${name}` : from),
        problem: `can not change from ${held} to ${JSON.stringify(after.config[name])} without a restart of the proxy`,
      };
    });

const refusal = ({ problems }: ConfigError): AppError =>
  new AppError(adminErrors.ADMIN_CONFIG_INVALID, {
    errors: problems.map(({ source, pointer, problem }) =>
      pointer === undefined ? { pointer: '#', detail: `${source} ${problem}` } : { pointer, detail: problem },
    ),
  });

/**
 * Holds the configuration of a running proxy, and takes up a new one as a whole or not at all. Throws a ConfigError when
 * the first one is not valid.
 */
export const createLiveConfig = ({ source, logger, onChanged }: LiveConfigOptions): LiveConfig => {
  let current = source.read();
  const values: ProxyConfig = { ...parseProxyConfig(current.config) };
  const counters = { reloaded: 0, refused: 0 };

  const readAgain = (): { readonly next: Resolved; readonly changed: readonly string[] } => {
    const next = source.read();
    const changed = changedNames(current.config, next.config);
    const problems = fixedProblems(changed, current, next);
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
          // Flat routes that routes of the file stand for do not hold.
          .filter(([name]) => name !== 'route' || current.config.routes === undefined)
          .map(([name, value]) => [name, { value, from: current.origins[name] ?? 'default' }]),
      ),
    }),
    reload() {
      try {
        const { next, changed } = readAgain();
        current = next;
        Object.assign(values, parseProxyConfig(next.config));
        onChanged();
        counters.reloaded += 1;
        logger.info('configuration reloaded', { changed });
        return { changed };
      } catch (error) {
        counters.refused += 1;
        if (!(error instanceof ConfigError)) throw error;
        const problems = error.problems.map((one) => `${one.source} ${one.problem}`);
        logger.error('configuration not reloaded: the old one stays', { problems });
        throw refusal(error);
      }
    },
  };
};
