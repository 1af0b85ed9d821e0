import { access, constants, stat } from 'node:fs/promises';
import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { registerProcessMetrics } from '@tripod/shared/process/process-metrics';
import type { CliContext, RunningService } from '@tripod/shared/process/run-cli';
import { allowApi } from './answer/page-config.ts';
import { type StaticServerConfig, staticServerSettings } from './config.ts';
import { nodeDisk } from './files/disk.ts';
import {
  createStaticServer,
  type StaticServer,
  type StaticServerDependencies,
  type StaticSite,
} from './server.ts';

const refuse = (problem: string): never => {
  throw new ConfigError([{ source: '--path', problem }]);
};

/** Returns the folder to serve. Throws a ConfigError when it is missing or can't be read. */
const requireFolder = async (path: string | undefined): Promise<string> => {
  if (path === undefined) return refuse('is missing: name the folder to serve, as in --path assets');
  try {
    const stats = await stat(path);
    if (!stats.isDirectory()) return refuse(`must name a folder, and ${path} is not one`);
    await access(path, constants.X_OK);
    return path;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return refuse(`must name a folder, and ${path} does not exist`);
    if (code === 'EACCES') return refuse(`must name a folder, and this user may not read ${path}`);
    return refuse(`must name a folder that can be read: ${message}`);
  }
};

/** The policy of pages; undefined for none. A policy that was given is not changed. */
const chooseCsp = ({ csp, apiUrl }: StaticServerConfig): string | undefined => {
  if (csp === 'off') return undefined;
  return csp === staticServerSettings.csp.default ? allowApi(csp, apiUrl) : csp;
};

/** Throws a StartError when the memory for files can't be allocated. */
const createServer = (site: StaticSite, dependencies: StaticServerDependencies): StaticServer => {
  try {
    return createStaticServer(site, dependencies);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StartError(
      'The memory for files could not be allocated; choose a smaller --max-memory-mb.',
      error,
    );
  }
};

/**
 * Starts a static-server: checks the folder, listens, and prints the folder as it was typed and the port it listens
 * on, one line each. Throws a ConfigError when the folder can't be served, and a StartError when the port can't be
 * opened or the memory can't be allocated.
 */
export const startStaticServer = async (
  config: StaticServerConfig,
  { logger, clock, print, flags }: CliContext,
): Promise<RunningService> => {
  const root = await requireFolder(config.path);
  const metrics = config.metrics ? createMetrics() : undefined;
  if (metrics) registerProcessMetrics(metrics);
  const server = createServer(
    {
      root,
      csp: chooseCsp(config),
      apiUrl: config.apiUrl,
      cacheControl: config.cacheControl ?? [],
      contentType: config.contentType ?? [],
      spa: config.spa,
      maxMemoryBytes: config.maxMemoryMb * 1024 * 1024,
    },
    { logger, clock, metrics, profile: config.profile, disk: nodeDisk, readiness: createReadiness() },
  );
  const { url, port } = await server.listen({ host: config.host, port: config.port });
  // The configuration holds the absolute path.
  print(`path: ${flags['path'] ?? config.path}`);
  print(`port: ${port}`);
  logger.info('ready', { url });
  // Not awaited: until a file is preloaded, it is loaded on its first request.
  void server.preload().catch((error: unknown) => logger.warn('the files could not be preloaded', { error }));
  return { url, faultTarget: server, stop: server.stop };
};
