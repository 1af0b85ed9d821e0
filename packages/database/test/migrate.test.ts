import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate } from '@tripod/database/migrate';
import {
  createMigrationDirectory,
  type Migration,
  type MigrationSource,
} from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { systemClock } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';
import { askDatabase, withClient } from '@tripod/testing/ask-database';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { emptyDatabase, keepingLogger } from './support/test-database.ts';

let temp: TempDatabase;
let logger: ReturnType<typeof keepingLogger>;

beforeEach(async () => {
  temp = await emptyDatabase();
  logger = keepingLogger();
});
afterEach(() => temp.drop());

const ask = (text: string): Promise<unknown[]> => askDatabase(temp.url, text);

const listed = (migrations: Readonly<Record<string, Migration>>): MigrationSource => ({
  getMigrations: () => Promise.resolve(Object.keys(migrations)),
  getMigrationName: (name) => name,
  getMigration: (name) =>
    Promise.resolve({ down: () => Promise.resolve(), ...(migrations[name] as Migration) }),
});
const run = (
  source: MigrationSource,
  options: {
    readonly url?: string;
    readonly signal?: AbortSignal;
    readonly known?: MigrationSource;
    readonly isShared?: boolean;
  } = {},
) =>
  migrate({
    address: parseDatabaseUrl(options.url ?? temp.url),
    applicationName: 'migrate-test',
    source,
    logger,
    clock: systemClock,
    ...(options.known ? { known: options.known } : {}),
    isShared: options.isShared ?? false,
    ...(options.signal ? { signal: options.signal } : {}),
  });
const raw = (sql: string): Migration => ({
  up: async (knex) => {
    await knex.raw(sql);
  },
});
const directory = createMigrationDirectory(new URL('support/migrations/', import.meta.url));

describe('migrate', () => {
  it('runs the due migrations once, in order', async () => {
    await expect(run(directory)).resolves.toEqual(['0001-words', '0002-more-words']);
    await expect(run(directory)).resolves.toEqual([]);
    await expect(ask('select word from words')).resolves.toEqual([{ word: 'first' }, { word: 'second' }]);
  });

  it('runs only the migrations that the database does not have', async () => {
    const first = { '0001-a': raw('create table a (n int)') };
    await run(listed(first));
    await expect(run(listed({ ...first, '0002-b': raw('create table b (n int)') }))).resolves.toEqual([
      '0002-b',
    ]);
  });

  it('rolls back the whole batch when one migration fails', async () => {
    const source = listed({ '0001-a': raw('create table a (n int)'), '0002-b': raw('create nonsense') });
    await expect(run(source)).rejects.toThrow('nonsense');
    await expect(ask("select to_regclass('a') as a")).resolves.toEqual([{ a: null }]);
    await expect(run(listed({ '0001-a': raw('create table a (n int)') }))).resolves.toEqual(['0001-a']);
  });

  it('releases a lock that another tool left behind', async () => {
    await run(directory);
    await ask('update knex_migrations_lock set is_locked = 1');
    const next = listed({
      '0001-words': raw(''),
      '0002-more-words': raw(''),
      '0003-c': raw('create table c (n int)'),
    });
    await expect(run(next)).resolves.toEqual(['0003-c']);
    await expect(ask('select is_locked from knex_migrations_lock')).resolves.toEqual([{ is_locked: 0 }]);
  });

  it('accepts a database that a newer version has migrated, and logs a warning', async () => {
    await run(directory);
    await expect(run(listed({ '0001-words': raw('') }))).resolves.toEqual([]);
    expect(logger.lines).toContain('warn the database has migrations of a newer version');
  });

  it('does not warn about migrations that it knows but does not run', async () => {
    await run(directory);
    await expect(run(listed({ '0001-words': raw('') }), { known: directory })).resolves.toEqual([]);
    expect(logger.lines).not.toContain('warn the database has migrations of a newer version');
  });

  it('does not warn about migrations of other programs in a shared database', async () => {
    await run(directory);
    await expect(
      run(listed({ 'jobs/0001-jobs': raw('create table jobs (n int)') }), { isShared: true }),
    ).resolves.toEqual(['jobs/0001-jobs']);
    expect(logger.lines).not.toContain('warn the database has migrations of a newer version');
  });

  it('refuses a migration without a transaction before it runs any', async () => {
    const source = listed({
      '0001-a': raw('create table a (n int)'),
      '0002-b': { ...raw('create table b (n int)'), config: { transaction: false } },
    });
    await expect(run(source)).rejects.toThrow('migration 0002-b must not set transaction: false');
    await expect(ask("select to_regclass('a') as a")).resolves.toEqual([{ a: null }]);
  });

  it('says in one sentence that the user may not create tables', async () => {
    const role = `reader_${temp.url.split('/').at(-1)}`;
    await ask(`create role ${role} login password 'secret-of-reader'`);
    try {
      const url = new URL(temp.url);
      url.username = role;
      url.password = 'secret-of-reader';
      const refused = await run(directory, { url: url.href }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(StartError);
      expect((refused as Error).message).toMatch(
        /^The user of DATABASE_URL may not create .*Grant it the right/,
      );
      expect((refused as Error).message).not.toContain('secret-of-reader');
    } finally {
      await ask(`drop role ${role}`);
    }
  });

  it('takes no lock when no migration is due', async () => {
    await run(directory);
    await withClient(temp.url, async (holder) => {
      await holder.query('select pg_advisory_lock(7237125834)');
      await expect(run(directory)).resolves.toEqual([]);
    });
  });

  it('loses its lock after ten seconds when it becomes unreachable', async () => {
    const asking = raw(
      "create table limits as select current_setting('idle_in_transaction_session_timeout') as idle",
    );
    await run(listed({ '0001-a': asking }));
    await expect(ask('select idle from limits')).resolves.toEqual([{ idle: '10s' }]);
  });

  it('stops at once when its signal is aborted, and leaves no lock', async () => {
    const stop = new AbortController();
    const endless = listed({ '0001-a': raw('select pg_sleep(20)') });
    const ended = expect(run(endless, { signal: stop.signal })).rejects.toThrow();
    const sleeping =
      "select 1 from pg_stat_activity where query = 'select pg_sleep(20)' and datname = current_database()";
    await waitFor('the migration', async () => (await ask(sleeping)).length > 0);
    stop.abort();
    await ended;
    await ask("select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(20)'");
    await expect(run(directory)).resolves.toHaveLength(2);
  });
});
