import type { ConfigSources } from './find-value.ts';
import { loadConfig, type ResolvedConfig, resolveConfig } from './load-config.ts';
import { readConfigFile } from './read-config-file.ts';
import { configFileSetting } from './service-settings.ts';
import type { Settings } from './settings.ts';

/** The configuration of a running service, which can be read again when its file has changed. */
export type ConfigSource<S extends Settings> = {
  /** The path given by `--config`; undefined without it. */
  readonly file: string | undefined;
  /** Reads the file and validates everything again. Throws a ConfigError that lists every problem. */
  read(): ResolvedConfig<S>;
};

/** Creates a source whose flags and environment are fixed, and whose file is read again on each call of `read`. */
export const createConfigSource = <const S extends Settings>(
  settings: S,
  sources: Omit<ConfigSources, 'file'>,
): ConfigSource<S> => {
  const file = loadConfig(
    { config: configFileSetting },
    { flags: { config: sources.flags?.['config'] }, workingDir: sources.workingDir },
  ).config;
  return {
    file,
    read: () =>
      resolveConfig(
        settings,
        file === undefined ? sources : { ...sources, file: { name: file, values: readConfigFile(file) } },
      ),
  };
};
