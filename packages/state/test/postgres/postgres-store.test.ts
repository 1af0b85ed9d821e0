import { randomUUID } from 'node:crypto';
import { createDatabase } from '@tripod/database/database';
import { migrate } from '@tripod/database/migrate';
import { createMigrationDirectory } from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import { createPostgresStore } from '@tripod/state/postgres/postgres-store';
import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase } from '@tripod/testing/temp-database';
import { describeStateContract, type EndedJob, type StateFixture } from '../support/state-contract.ts';

const createFixture = async (): Promise<StateFixture & { readonly listensFirst: true }> => {
  const { url, drop } = await createTempDatabase({ serverUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const address = parseDatabaseUrl(url);
  const common = { address, applicationName: 'state-test', logger: silentLogger, clock: systemClock };
  for (const folder of Object.values(stateMigrations)) {
    await migrate({ ...common, source: createMigrationDirectory(folder) });
  }
  const closing: (() => Promise<void>)[] = [];
  return {
    listensFirst: true,
    open: async (settings = {}) => {
      const database = createDatabase({
        ...common,
        poolSize: 5,
        random: Math.random,
        allowUnsafeDurability: true,
        prepare: () => Promise.resolve(),
      });
      const store = createPostgresStore({ ...common, database, createUuid: randomUUID, ...settings });
      closing.push(store.close, database.close);
      await database.start();
      await store.start();
      return store;
    },
    expireSession: async (id) =>
      void (await askDatabase(
        url,
        `update visit_sessions set expires_at = now() - interval '1 s' where id = '${id}'`,
      )),
    sessionLifeMs: async (id) => {
      const life = 'extract(epoch from expires_at - now())::float8 * 1000';
      const [row] = await askDatabase<{ life: number }>(
        url,
        `select ${life} as life from visit_sessions where id = '${id}'`,
      );
      return row?.life ?? 0;
    },
    endedJobs: () =>
      askDatabase<EndedJob>(url, 'select job_id::float8 as id, name as job, outcome from ended_jobs'),
    removeJobs: async () => void (await askDatabase(url, 'delete from jobs')),
    close: async () => {
      for (const close of closing) await close();
      await drop();
    },
  };
};

describeStateContract('Postgres', createFixture);
