import { runCli } from '@tripod/shared/process/run-cli';
import { checkStore, workerCommands } from './check-store.ts';
import { workerSettings } from './config.ts';
import { startWorkerService } from './start.ts';

const production = process.env['NODE_ENV'] === 'production';

await runCli({
  name: 'worker',
  description: 'Works off the jobs that the API adds, from Postgres or from Redis.',
  settings: workerSettings,
  commands: workerCommands,
  examples: [
    'worker --name worker-1',
    'worker --state-url redis://localhost:6379 --concurrency 4',
    'DATABASE_URL=postgres://user:password@localhost:5432/app worker --work-ms 1000',
  ],
  loggerName: ({ name }) => name,
  // stdout has the results.
  logTo: 'stderr',
  start: (config, context) => startWorkerService(config, { ...context, production }),
  run: { healthcheck: (config, context) => checkStore(config, { ...context, production }) },
});
