/** A small service on runCli, for the tests that start one as a process. `--mode` makes its start go wrong. */
import { configFileSetting, portSetting, serviceSettings } from '@tripod/shared/config/service-settings';
import type { ConfigOf, Settings } from '@tripod/shared/config/settings';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createStoppableServer } from '@tripod/shared/http/stoppable-server';
import { type CliContext, type RunningService, runCli } from '@tripod/shared/process/run-cli';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { StartError } from '../../src/errors/start-error.ts';

const settings = {
  ...serviceSettings,
  port: portSetting(0),
  config: configFileSetting,
  weight: { type: 'integer', minimum: 1, maximum: 10, default: 1, description: 'A number' },
  site: { type: 'string', path: true, default: 'assets', description: 'A folder' },
  databaseUrl: {
    type: 'string',
    pattern: '^postgres://',
    shape: 'a postgres:// URL',
    secret: true,
    description: 'Where the data is',
  },
  mode: {
    type: 'string',
    enum: ['fine', 'refuses', 'breaks', 'waits', 'stop-fails'],
    default: 'fine',
    description: 'What goes wrong',
  },
} as const satisfies Settings;

type Config = ConfigOf<typeof settings>;

const start = async (
  config: Config,
  { logger, clock, print, source }: CliContext<typeof settings>,
): Promise<RunningService> => {
  if (config.mode === 'refuses') throw new StartError('The moon is full; wait until it is not.');
  if (config.mode === 'breaks') throw new Error('nobody thought of this');
  if (config.mode === 'waits') {
    print('waiting');
    // Until the supervisor has gone: what comes after must notice that it is alone.
    await new Promise<void>((resolve) => {
      process.once('disconnect', resolve);
    });
  }
  const readiness = createReadiness();
  const paths = createHealthPaths({ readiness, metrics: undefined });
  const held: (() => void)[] = [];
  const server = createStoppableServer(
    (request, response) => {
      const path = request.url ?? '';
      const handler = paths.get(path);
      if (handler) {
        handler(request, response);
        return;
      }
      if (path === '/held') held.push(() => response.end('held and released'));
      else response.end('fine');
      if (path === '/release') for (const release of held) release();
      if (path === '/throw') setImmediate(() => nobodyCatches());
      if (path === '/reject') void Promise.reject(new Error('a promise that nobody awaits'));
      if (path === '/log') for (let line = 0; line < 2000; line += 1) logger.info('line', { line });
    },
    { readiness, clock },
  );
  const { url } = await server.listen({ host: config.host, port: config.port });
  const steps = createShutdownStack();
  steps.push('pool', () => logger.info('pool closed'));
  if (config.mode === 'stop-fails') {
    steps.push('cache', () => {
      throw new Error('the cache is stuck');
    });
  }
  const { databaseUrl, ...shown } = config;
  print(`config: ${JSON.stringify({ ...shown, hasDatabase: databaseUrl !== undefined })}`);
  logger.info('listening', { url });
  print(`pid: ${process.pid}`);
  print(`url: ${url}`);
  return {
    url,
    reload: () => logger.info('reloaded', { weight: source.read().config.weight }),
    stop: async (options) => {
      await server.stop(options);
      logger.info('server stopped', options);
      await steps.unwind();
    },
  };
};

const nobodyCatches = (): never => {
  throw new Error('thrown outside of any request');
};

await runCli({
  name: 'fixture',
  description: 'A service for tests.',
  settings,
  examples: ['fixture --port 8080'],
  commands: { check: 'Prints the weight and ends' },
  run: {
    check: async ({ weight }, { print, logger }) => {
      print(`weight ${weight}`);
      logger.info('checked');
    },
  },
  loggerName: ({ weight }) => `fixture-${weight}`,
  reloads: true,
  start,
});
