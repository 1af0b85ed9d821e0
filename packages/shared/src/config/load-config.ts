import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { ConfigError } from './config-error.ts';
import { problemsOf, settleStructures, unknownKeys } from './config-problems.ts';
import { type ConfigSources, type Found, findValue } from './find-value.ts';
import type { ConfigOf, Setting, Settings } from './settings.ts';

/** Where each value came from, for messages: `--port`, `PORT`, `#/port in /etc/proxy.json` or `default`. */
export type Origins = Readonly<Record<string, string>>;

export type ResolvedConfig<S extends Settings> = {
  readonly config: ConfigOf<S>;
  readonly origins: Origins;
};

const schemaOf = (setting: Setting): Record<string, unknown> => {
  if (setting.schema) return setting.schema;
  const { type, minimum, maximum, enum: values, pattern, minLength, items } = setting;
  const fragment = { type, minimum, maximum, enum: values, pattern, minLength, items };
  return Object.fromEntries(Object.entries(fragment).filter(([, value]) => value !== undefined));
};

/**
 * Merges the sources, checks the result against the settings' schema and freezes it. Throws a ConfigError that
 * names every bad field with the place it came from; unknown keys of the file are refused.
 */
export const resolveConfig = <const S extends Settings>(
  settings: S,
  sources: ConfigSources,
): ResolvedConfig<S> => {
  const found = new Map<string, Found>();
  for (const [name, setting] of Object.entries(settings)) {
    const one = findValue(name, setting, sources);
    if (one) found.set(name, one);
  }
  const problems = [...unknownKeys(settings, sources)];
  const properties = Object.fromEntries(Object.entries(settings).map(([name, s]) => [name, schemaOf(s)]));
  const check = new Ajv({ allErrors: true, strict: true, verbose: true }).compile({
    type: 'object',
    properties,
  });
  const values = Object.fromEntries([...found].map(([name, { value }]) => [name, value]));
  check(values);
  for (const [name, one] of found) {
    const setting = settings[name];
    if (setting) problems.push(...problemsOf(name, setting, one, check.errors ?? []));
  }
  problems.push(...settleStructures(settings, found));
  if (problems.length > 0) throw new ConfigError(problems);

  const config: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const [name, { value, kind, source, from }] of found) {
    const resolved = !settings[name]?.path
      ? value
      : Array.isArray(value)
        ? value.map((path) => resolve(from, path))
        : typeof value === 'string'
          ? resolve(from, value)
          : value;
    config[name] = Array.isArray(resolved) ? Object.freeze([...resolved]) : resolved;
    origins[name] = kind === 'default' ? 'default' : source;
  }
  return { config: Object.freeze(config) as ConfigOf<S>, origins: Object.freeze(origins) };
};

/** Returns only the configuration; see `resolveConfig`. */
export const loadConfig = <const S extends Settings>(settings: S, sources: ConfigSources): ConfigOf<S> =>
  resolveConfig(settings, sources).config;
