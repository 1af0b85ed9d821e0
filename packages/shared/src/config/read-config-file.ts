import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

/** Reads a JSON config file. Throws a ConfigError that names the file when it is missing or not a JSON object. */
export const readConfigFile = (file: string): Readonly<Record<string, unknown>> => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'can not be read';
    throw new ConfigError([{ source: `The config file ${file}`, problem: why }]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const problem = `is not JSON: ${error instanceof Error ? error.message : 'unknown'}`;
    throw new ConfigError([{ source: `The config file ${file}`, problem }]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError([{ source: `The config file ${file}`, problem: 'must hold one JSON object' }]);
  }
  return value as Readonly<Record<string, unknown>>;
};
