import { mkdirSync } from 'node:fs';
import { StartError } from '@tripod/shared/errors/start-error';
import { findProgram } from '@tripod/shared/os/find-program';
import { defineService } from '../definition/service-definition.ts';
import { stackPort, stateUrlSetting } from '../definition/stack-settings.ts';

const findRedis = (searchPath: string): string => {
  const file = findProgram('redis-server', searchPath);
  if (file !== undefined) return file;
  throw new StartError(
    'redis-server is not installed; install it (apt-get install redis-server, or brew install redis), use --state postgres, or set STATE_URL to a Redis of your own.',
  );
};

/** A Redis for sessions, keys and jobs, in place of Postgres. Its data is kept in the state folder. */
export const redis = defineService({
  name: 'redis',
  description: 'Redis',
  settings: () => ({
    state: {
      type: 'string',
      enum: ['postgres', 'redis'],
      default: 'postgres',
      placeholder: 'store',
      environment: false,
      description:
        'Where sessions, keys and jobs are kept: in Postgres, or in a Redis that is started for them',
    },
    redisPort: stackPort(6380, 'Port of the Redis that is started with --state redis'),
    stateUrl: stateUrlSetting,
  }),
  isEnabled: ({ state, stateUrl }) => state === 'redis' && stateUrl === undefined,
  ports: ['redisPort'],
  prepare: async ({ dir, searchPath }) => {
    findRedis(searchPath);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  },
  run: {
    type: 'process',
    command: ({ dir, port, searchPath }) => ({
      type: 'binary',
      file: findRedis(searchPath),
      args: [
        ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir, '--save', ''],
        // Everything that was answered is on disk, as with Postgres. Answers that are due at once share a write.
        ...['--appendonly', 'yes', '--appendfsync', 'always'],
      ],
      // Redis replaces its command line by a title.
      marks: ['redis-server', `:${port}`],
    }),
  },
  needs: [],
  url: ({ redisPort }) => `redis://127.0.0.1:${redisPort}`,
  // It accepts connections while it still loads its data.
  readiness: () => ({ type: 'log-line', pattern: /Ready to accept connections/ }),
  stopGraceMs: 4000,
  addresses: ({ ports: [port] }) => [['Redis', `redis://127.0.0.1:${port}`]],
});
