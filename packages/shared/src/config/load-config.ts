import { dirname, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import {
  type ConfigOf,
  describeShape,
  environmentOf,
  flagOf,
  type Setting,
  type Settings,
  splitList,
} from './settings.ts';

/** Where values come from, strongest first: flags, then the environment, then a file, then defaults. */
export type ConfigSources = {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly name: string; readonly values: Readonly<Record<string, unknown>> };
  /** Relative paths in flags and in the environment hold from here. */
  readonly workingDir: string;
};

type Found = { readonly value: unknown; readonly source: string; readonly from: string };

/** Text from a flag or the environment → the type of the setting; what does not fit stays text, for ajv to refuse. */
const parseText = (setting: Setting, text: string): unknown => {
  switch (setting.type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'array':
      return splitList(setting, text);
    case 'string':
      return text;
  }
};

const find = (name: string, setting: Setting, sources: ConfigSources): Found | undefined => {
  const flag = sources.flags?.[name];
  if (flag !== undefined) {
    const value = typeof flag === 'string' ? parseText(setting, flag) : flag;
    return { value, source: flagOf(name), from: sources.workingDir };
  }
  const variable = environmentOf(name);
  const text = setting.environment === false ? undefined : sources.environment?.[variable];
  if (text) return { value: parseText(setting, text), source: variable, from: sources.workingDir };
  const { file } = sources;
  if (file && Object.hasOwn(file.values, name)) {
    return { value: file.values[name], source: `${name} in ${file.name}`, from: dirname(file.name) };
  }
  if (setting.default === undefined) return undefined;
  return { value: setting.default, source: name, from: sources.workingDir };
};

const schemaOf = (setting: Setting): Record<string, unknown> => {
  const { type, minimum, maximum, enum: values, pattern, minLength, items } = setting;
  const fragment = { type, minimum, maximum, enum: values, pattern, minLength, items };
  return Object.fromEntries(Object.entries(fragment).filter(([, value]) => value !== undefined));
};

const shown = (setting: Setting, value: unknown): string =>
  setting.secret ? '' : `, and is ${JSON.stringify(value)}`;

/**
 * Merges the sources, checks the result against the settings' schema and freezes it. Throws a ConfigError that
 * names every bad field with the place it came from; unknown keys of the file are refused.
 */
export const loadConfig = <const S extends Settings>(settings: S, sources: ConfigSources): ConfigOf<S> => {
  const found = new Map<string, Found>();
  for (const [name, setting] of Object.entries(settings)) {
    const one = find(name, setting, sources);
    if (one) found.set(name, one);
  }
  const problems: ConfigProblem[] = Object.keys(sources.file?.values ?? {})
    .filter((name) => !Object.hasOwn(settings, name))
    .map((name) => ({ source: `${name} in ${sources.file?.name}`, problem: 'is not a setting' }));

  const properties = Object.fromEntries(Object.entries(settings).map(([name, s]) => [name, schemaOf(s)]));
  const check = new Ajv({ allErrors: true, strict: true }).compile({ type: 'object', properties });
  const values = Object.fromEntries([...found].map(([name, { value }]) => [name, value]));
  check(values);
  const bad = new Set(check.errors?.map((error) => error.instancePath.split('/')[1] ?? ''));
  for (const [name, { value, source }] of found) {
    const setting = settings[name];
    if (!setting) continue;
    const wrong = bad.has(name)
      ? [`must be ${describeShape(setting)}${shown(setting, value)}`]
      : (setting.problems?.(value as never) ?? []);
    for (const problem of wrong) problems.push({ source, problem });
  }
  if (problems.length > 0) throw new ConfigError(problems);

  for (const [name, { value, from }] of found) {
    if (settings[name]?.path && typeof value === 'string') values[name] = resolve(from, value);
    if (Array.isArray(value)) values[name] = Object.freeze([...value]);
  }
  return Object.freeze(values) as ConfigOf<S>;
};
