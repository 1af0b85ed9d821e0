import { dirname } from 'node:path';
import { pointerToken } from '../schema/explain-schema-error.ts';
import { environmentOf, flagOf, hasVariable, type Setting, splitList } from './settings.ts';

/** Where values come from, strongest first: flags, then the environment, then a file, then defaults. */
export type ConfigSources = {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly file?: { readonly name: string; readonly values: Readonly<Record<string, unknown>> };
  /** Relative paths in flags and in the environment are resolved against this folder. */
  readonly workingDir: string;
};

/** A value, and where it was found. */
export type Found = {
  readonly value: unknown;
  readonly source: string;
  readonly kind: 'flag' | 'environment' | 'file' | 'default';
  /** A relative path is resolved against this folder. */
  readonly from: string;
};

/** Converts text from a flag or variable to the setting's type. Text that does not fit is kept, and ajv refuses it. */
const parseText = (setting: Setting, text: string): unknown => {
  switch (setting.type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'array':
      return splitList(setting, text);
    case 'string':
    case 'structure':
      return text;
  }
};

/** The JSON pointer of a setting in a config file, as a URI fragment. */
export const pointerOf = (name: string): string => `#/${pointerToken(name)}`;

/** Finds the value of a setting in the source with the highest precedence that has one. */
export const findValue = (name: string, setting: Setting, sources: ConfigSources): Found | undefined => {
  const { workingDir, file } = sources;
  const flag = sources.flags?.[name];
  if (flag !== undefined) {
    const value = typeof flag === 'string' ? parseText(setting, flag) : flag;
    return { value, source: flagOf(name), kind: 'flag', from: workingDir };
  }
  const variable = environmentOf(name);
  const text = hasVariable(setting) ? sources.environment?.[variable] : undefined;
  if (text) {
    return { value: parseText(setting, text), source: variable, kind: 'environment', from: workingDir };
  }
  if (file && Object.hasOwn(file.values, name)) {
    const source = `${pointerOf(name)} in ${file.name}`;
    return { value: file.values[name], source, kind: 'file', from: dirname(file.name) };
  }
  if (setting.default === undefined) return undefined;
  return { value: setting.default, source: name, kind: 'default', from: workingDir };
};
