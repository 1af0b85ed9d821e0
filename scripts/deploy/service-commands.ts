import { apiServerSettings } from '@tripod/api-server/config';
import { proxySettings } from '@tripod/proxy/config';
import { parseCommandLine } from '@tripod/shared/config/command-line';
import { resolveConfig } from '@tripod/shared/config/load-config';
import { readConfigFile } from '@tripod/shared/config/read-config-file';
import { environmentOf, hasVariable, type Settings } from '@tripod/shared/config/settings';
import { staticServerSettings } from '@tripod/static-server/config';
import { workerSettings } from '@tripod/worker/config';

/** The services that have an image or a unit, with their settings. */
export const serviceSettingsByName: Readonly<Record<string, Settings>> = {
  proxy: proxySettings,
  'api-server': apiServerSettings,
  'static-server': staticServerSettings,
  worker: workerSettings,
};

/** The service whose settings an image reads: the page of the sessions lab is in a static server. */
export const serviceOfTarget = (target: string): string =>
  target === 'sessions-page' ? 'static-server' : target;

/** Variables that no service has a setting for, and that its process reads. */
const processVariables: ReadonlySet<string> = new Set(['NODE_ENV', 'NODE_OPTIONS', 'HOSTNAME']);

export type ServiceCommand = {
  readonly service: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The file that stands for `--config`, because that path exists only where the service runs. */
  readonly configFile?: string | undefined;
};

/**
 * Returns what is wrong with a command line of a service and its environment: unknown flags, bad values, and variables
 * that the service does not read.
 */
export const findCommandFaults = ({
  service,
  args,
  environment,
  configFile,
}: ServiceCommand): readonly string[] => {
  const settings = serviceSettingsByName[service];
  if (!settings) return [`there is no service ${service}`];
  const variables = new Set(
    Object.entries(settings)
      .filter(([, setting]) => hasVariable(setting))
      .map(([name]) => environmentOf(name)),
  );
  const faults = Object.keys(environment)
    .filter((name) => !variables.has(name) && !processVariables.has(name))
    .map((name) => `${service} does not read the variable ${name}`);
  try {
    const { flags } = parseCommandLine({ name: service, description: '', settings, examples: [] }, args);
    const file =
      configFile === undefined ? undefined : { name: configFile, values: readConfigFile(configFile) };
    resolveConfig(settings, { flags, environment, workingDir: '/app', ...(file ? { file } : {}) });
  } catch (error) {
    faults.push((error as Error).message);
  }
  return faults;
};
