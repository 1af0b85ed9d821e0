import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { readConfigFile } from '@tripod/shared/config/read-config-file';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';

/** The keys of a lab.json that are no settings of `stack up`. */
export const labKeys = {
  $schema: { type: 'string', description: 'The schema by which an editor completes and checks this file' },
  title: { type: 'string', minLength: 1, description: 'The name of the lab for people' },
  description: {
    type: 'string',
    pattern: '^[^\\n]{1,120}$',
    shape: 'one line of 1 to 120 characters',
    description: 'What the lab is, in one line for `pnpm labs`',
  },
} as const satisfies Settings;

/** Keys that each lab.json must have. */
export const requiredLabKeys = ['title', 'description'] as const;

/** What a lab.json says. */
export type LabDefinition = Omit<ConfigOf<typeof labKeys>, '$schema' | 'title' | 'description'> & {
  readonly title: string;
  readonly description: string;
  /** Settings of `stack up` by their names in code. They are checked with the flags. */
  readonly settings: Readonly<Record<string, unknown>>;
};

/** Reads a lab.json. Throws a ConfigError that names the file and every wrong key of `labKeys`. */
export const readLab = (file: string): LabDefinition => {
  const all = Object.entries(readConfigFile(file));
  const isOwn = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(labKeys, name);
  const values = Object.fromEntries(all.filter(isOwn));
  const missing = requiredLabKeys.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0) {
    throw new ConfigError(missing.map((name) => ({ source: `#/${name} in ${file}`, problem: 'is missing' })));
  }
  const own = loadConfig(labKeys, { file: { name: file, values }, workingDir: '/' });
  return {
    ...own,
    title: String(own.title),
    description: String(own.description),
    settings: Object.fromEntries(all.filter((entry) => !isOwn(entry))),
  };
};
