import type { ConfigSources } from './find-value.ts';
import { loadConfig, type ResolvedConfig, resolveConfig } from './load-config.ts';
import { readConfigFile } from './read-config-file.ts';
import { configFileSetting } from './service-settings.ts';
import type { Settings } from './settings.ts';

/** The configuration of a running service, which can be asked for again when its file has changed. */
export type ConfigSource<S extends Settings> = {
  /** Of `--config`; undefined without it. */
  readonly file: string | undefined;
  /** Reads the file and checks everything anew. Throws a ConfigError with all that is wrong. */
  read(): ResolvedConfig<S>;
};

/** Flags and environment stay as they were when the process began; the file is read each time. */
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
