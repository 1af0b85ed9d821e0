import { runCli } from '@tripod/shared/process/run-cli';
import { apiServerSettings, copyNameOf } from './config.ts';
import { migrateApiDatabase, startApiServer } from './start.ts';

const production = process.env['NODE_ENV'] === 'production';

await runCli({
  name: 'api-server',
  description: 'Serves resources as JSON from Postgres.',
  settings: apiServerSettings,
  commands: { migrate: 'Runs the migrations that are due, and exits' },
  examples: [
    'api-server --port 8081',
    'DATABASE_URL=postgres://user:password@localhost:5432/gallery api-server --port 8083 --name api-2',
    'api-server migrate',
  ],
  loggerName: copyNameOf,
  start: (config, context) => startApiServer(config, { ...context, production }),
  run: { migrate: (config, context) => migrateApiDatabase(config, { ...context, production }) },
});
