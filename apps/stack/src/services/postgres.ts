import { StartError, toStartError } from '@tripod/shared/errors/start-error';
import { sendSignal } from '@tripod/shared/os/process-table';
import { defineService, type JoinContext } from '../definition/service-definition.ts';
import { databaseUrlSetting } from '../definition/stack-settings.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';

const settings = {
  databaseUrl: databaseUrlSetting,
  database: {
    type: 'string',
    pattern: '^[a-z_][a-z0-9_]{0,62}$',
    default: 'postgres',
    environment: false,
    placeholder: 'name',
    shape: '1 to 63 lower-case letters, digits or underscores',
    description: 'The database in the embedded Postgres, which is created when it is missing',
  },
  postgresDir: {
    type: 'string',
    minLength: 1,
    path: true,
    environment: false,
    placeholder: 'folder',
    description:
      'State folder whose embedded Postgres is used; default: that of the stack, and for a lab .tripod in the checkout',
  },
} as const;

const useOwn = (url: string): JoinedService => ({
  url,
  status: undefined,
  whyFixed: 'The database is the one of DATABASE_URL',
  leave: () => Promise.resolve(),
});

const joinEmbedded = async ({
  stateDir: ownDir,
  config: { database, postgresDir: stateDir = ownDir },
  onProgress,
}: JoinContext<typeof settings>): Promise<JoinedService> => {
  const { joinEmbeddedPostgres } = await import('@tripod/embedded-postgres/join-embedded-postgres');
  const { findEmbeddedPostgres } = await import('@tripod/embedded-postgres/find-embedded-postgres');
  const { createStatisticsReader } = await import('@tripod/embedded-postgres/database-statistics');
  const onGuardLost = (error: Error): void => onProgress(error.message);
  const joined = await joinEmbeddedPostgres({ stateDir, onProgress, onGuardLost });
  const { createMissingDatabase } = await import('@tripod/embedded-postgres/create-missing-database');
  let url: string;
  try {
    url = await createMissingDatabase(joined.databaseUrl, database);
  } catch (error) {
    await joined.leaveAndWait();
    throw toStartError(error);
  }
  return {
    url,
    status: async () => {
      const { postgresPid: pid, ...status } = await findEmbeddedPostgres({ stateDir });
      const { running, guardPid, port, restarts } = status;
      return { running, pid, guardPid, port, restarts };
    },
    whyFixed: 'postgres is run by its guard for as long as a process uses it',
    openStatistics: () => createStatisticsReader(url),
    kill: async () => {
      const { postgresPid } = await findEmbeddedPostgres({ stateDir });
      if (postgresPid === undefined) throw new StartError('postgres is not running at this moment.');
      sendSignal(postgresPid, 'SIGKILL');
    },
    leave: joined.leaveAndWait,
  };
};

/** The database: the embedded Postgres, which is started or joined, or the server of DATABASE_URL. */
export const postgres = defineService({
  name: 'postgres',
  description: 'The database',
  settings: () => settings,
  ports: [],
  run: {
    type: 'joined',
    join: async (context) =>
      context.config.databaseUrl === undefined ? joinEmbedded(context) : useOwn(context.config.databaseUrl),
  },
  needs: [],
  stopGraceMs: 0,
});
