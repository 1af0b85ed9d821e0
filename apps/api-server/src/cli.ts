import { runCli } from '@tripod/shared/process/run-cli';
import { apiServerSettings, copyNameOf } from './config.ts';
import { seedApiDatabase } from './seed.ts';
import { migrateApiDatabase, startApiServer } from './start.ts';

const production = process.env['NODE_ENV'] === 'production';

await runCli({
  name: 'api-server',
  description: 'Serves resources as JSON from Postgres.',
  settings: apiServerSettings,
  commands: {
    migrate: 'Runs the migrations that are due, and exits',
    seed: 'Adds demo rows, such as posts=10000, and exits; without operands, the first rows of empty tables',
  },
  operands: { seed: '[rows...]' },
  examples: [
    'api-server --port 8081',
    'DATABASE_URL=postgres://user:password@localhost:5432/gallery api-server --port 8083 --name api-2',
    'api-server migrate',
    'api-server seed posts=10000 books=50',
  ],
  loggerName: copyNameOf,
  start: (config, context) => startApiServer(config, { ...context, production }),
  run: {
    migrate: (config, context) => migrateApiDatabase(config, { ...context, production }),
    seed: (config, context) => seedApiDatabase(config, { ...context, production }),
  },
});
