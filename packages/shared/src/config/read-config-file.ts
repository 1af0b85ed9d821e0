import { PlainFileError, readPlainFile } from '../os/read-plain-file.ts';
import { ConfigError } from './config-error.ts';

const maxBytes = 1_048_576;

const refuse = (file: string, problem: string): never => {
  throw new ConfigError([{ source: `The config file ${file}`, problem }]);
};

const readText = (file: string): string => {
  try {
    return readPlainFile(file, maxBytes);
  } catch (error) {
    if (error instanceof PlainFileError) return refuse(file, error.message);
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(file, isMissing ? 'does not exist' : 'cannot be read');
  }
};

/**
 * Reads a JSON config file, with or without a byte order mark. Throws a ConfigError that names the file when it is
 * missing, is not a plain file, is over 1 MiB, or does not hold a JSON object.
 */
export const readConfigFile = (file: string): Readonly<Record<string, unknown>> => {
  // Some editors on Windows begin UTF-8 files with a byte order mark.
  const text = readText(file).replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(file, `is not JSON: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(file, 'must hold one JSON object');
  return value as Readonly<Record<string, unknown>>;
};
