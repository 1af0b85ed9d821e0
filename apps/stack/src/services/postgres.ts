import { defineService, type JoinContext } from '../definition/service-definition.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';

const settings = {
  databaseUrl: {
    type: 'string',
    pattern: '^postgres(ql)?://',
    shape: 'an address that begins with postgres://',
    secret: true,
    description: 'A Postgres server of your own; without it the embedded one is started',
  },
} as const;

const useOwn = (url: string): JoinedService => ({
  url,
  status: undefined,
  whyFixed: 'The database is the one of DATABASE_URL',
  leave: () => Promise.resolve(),
});

const joinEmbedded = async ({
  stateDir,
  onProgress,
}: JoinContext<typeof settings>): Promise<JoinedService> => {
  const { joinEmbeddedPostgres } = await import('@tripod/embedded-postgres/join-embedded-postgres');
  const { findEmbeddedPostgres } = await import('@tripod/embedded-postgres/find-embedded-postgres');
  const onGuardLost = (error: Error): void => onProgress(error.message);
  const joined = await joinEmbeddedPostgres({ stateDir, onProgress, onGuardLost });
  return {
    url: joined.databaseUrl,
    status: async () => {
      const { running, postgresPid: pid, port, restarts } = await findEmbeddedPostgres({ stateDir });
      return { running, pid, port, restarts };
    },
    whyFixed: 'postgres is run by its guard for as long as a process uses it',
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
