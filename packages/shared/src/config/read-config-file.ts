import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

const maxBytes = 1_048_576;

const refuse = (file: string, problem: string): never => {
  throw new ConfigError([{ source: `The config file ${file}`, problem }]);
};

const openFile = (file: string): number => {
  try {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refuse(
      file,
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'can not be read',
    );
  }
};

const readText = (file: string): string => {
  const descriptor = openFile(file);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return refuse(file, 'can not be read: it is not a plain file');
    if (stats.size > maxBytes)
      return refuse(file, `has ${stats.size} bytes, which is more than the limit of ${maxBytes}`);
    return readFileSync(descriptor, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return refuse(file, 'can not be read');
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Reads a JSON config file, with or without a byte order mark. Throws a ConfigError that names the file when it is missing,
 * is not a plain file, is over 1 MiB, or does not hold a JSON object.
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
