import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { Logger } from '@tripod/shared/logging/logger';
import pg from 'pg';
import { connectionSettings, limits } from './connection-settings.ts';
import { createKnex } from './create-knex.ts';
import { sqlStateOf, toConnectionError } from './database-errors.ts';
import type { Migration, MigrationSource } from './migration-directory.ts';
import { type DatabaseAddress, describeAddress } from './parse-database-url.ts';
import { cutConnection, timedQuery } from './timed-query.ts';

export type MigrateOptions = {
  readonly address: DatabaseAddress;
  readonly applicationName: string;
  readonly source: MigrationSource;
  /** Every migration of this version, when `source` is only a part of them. Default: `source`. */
  readonly known?: MigrationSource;
  /** Whether other programs have migrations of their own in this database, which are unknown here. Default false. */
  readonly isShared?: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Cuts the connection: what has not been committed by then never was. */
  readonly signal?: AbortSignal;
};

/** Any number that no one else uses as a lock in this database. */
const lockKey = '7237125834';
const pollMs = 100;

/** A migration outside a transaction could be left half done by a crash, with no one to tell. */
const refuseUntransacted = async (source: MigrationSource): Promise<readonly string[]> => {
  const names = await source.getMigrations([]);
  for (const name of names) {
    const { config } = (await source.getMigration(name)) as Migration;
    if (config?.transaction === false) {
      throw new Error(`migration ${source.getMigrationName(name)} must not set transaction: false`);
    }
  }
  return names.map((name) => source.getMigrationName(name));
};

/**
 * Asks for the lock again and again instead of waiting inside the server: so each question has its time limit, and
 * a server that is gone is noticed.
 */
const takeLock = async (client: pg.Client, { clock, logger }: MigrateOptions): Promise<void> => {
  const limit = { clock, timeoutMs: limits.queryTimeoutMs };
  for (let tries = 1; ; tries += 1) {
    const text = 'select pg_try_advisory_lock($1) as locked';
    const { rows } = await timedQuery(client, { text, values: [lockKey] }, limit);
    if ((rows[0] as { locked: boolean }).locked) return;
    if (tries === 20) logger.info('waiting for another copy to finish migrating');
    await pause(clock, pollMs);
  }
};

/** The migrations that have been committed, asked without the lock: most copies find nothing left to do. */
const listCompleted = async (client: pg.Client, { clock }: MigrateOptions): Promise<readonly string[]> => {
  const ask = async (text: string): Promise<readonly unknown[]> =>
    (await timedQuery(client, { text }, { clock, timeoutMs: limits.queryTimeoutMs })).rows;
  const [table] = await ask("select to_regclass('knex_migrations') is not null as exists");
  if (!(table as { readonly exists: boolean }).exists) return [];
  const rows = await ask('select name from knex_migrations order by id');
  return (rows as { readonly name: string }[]).map(({ name }) => name);
};

const runPending = async (client: pg.Client, options: MigrateOptions): Promise<readonly string[]> => {
  const { source, known = source, isShared = false, logger, clock } = options;
  const due = await refuseUntransacted(source);
  const knownNames = (await known.getMigrations([])).map((id) => known.getMigrationName(id));
  const warnOfNewer = (completed: readonly string[]): void => {
    const newer = completed.filter((name) => !knownNames.includes(name));
    if (newer.length > 0 && !isShared)
      logger.warn('the database has migrations of a newer version', { newer });
  };
  const before = await listCompleted(client, options);
  if (due.every((name) => before.includes(name))) {
    warnOfNewer(before);
    return [];
  }
  await takeLock(client, options);
  const limit = { clock, timeoutMs: limits.migrationTimeoutMs };
  const knex = createKnex(() => Promise.resolve({ client, release: () => undefined }), limit, logger);
  // An older copy may start after a newer one has migrated: that is no reason to refuse.
  const config = { migrationSource: source, disableMigrationsListValidation: true };
  // One transaction around everything, knex's own tables among it: a copy that is killed leaves nothing behind.
  const [applied, completed] = await knex.transaction(async (trx) => {
    // Whoever set knex's own lock is dead: it would have to hold ours.
    await trx.migrate.forceFreeMigrationsLock(config);
    const [, names] = (await trx.migrate.latest(config)) as [number, string[]];
    const [done] = (await trx.migrate.list(config)) as [{ readonly name: string }[], unknown];
    return [names, done];
  });
  warnOfNewer(completed.map(({ name }) => name));
  return applied;
};

const connect = async (client: pg.Client): Promise<void> => {
  try {
    await client.connect();
  } catch (error) {
    throw toConnectionError(error);
  }
};

/**
 * Brings the database up to date; returns the names of the migrations that it ran. All that are due run in one
 * transaction of one session, which holds an advisory lock as long as it lives: copies that have something to do take
 * turns, and one that is killed leaves neither a lock nor half a schema. One that finds nothing left to do asks for no
 * lock, and waits for nobody.
 */
export const migrate = async (options: MigrateOptions): Promise<readonly string[]> => {
  const { address, applicationName, signal, logger } = options;
  const client = new pg.Client({
    ...connectionSettings(address, applicationName),
    // A copy that is out of reach holds the lock only until its session has been idle for so long.
    idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
  });
  // Its query fails with the same error; without a listener the process would end as well.
  client.on('error', () => undefined);
  const abort = (): void => cutConnection(client, new Error('stopping'));
  signal?.addEventListener('abort', abort);
  try {
    signal?.throwIfAborted();
    await connect(client);
    const applied = await runPending(client, options);
    for (const name of applied) logger.info('migrated', { migration: name });
    return applied;
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    const problem = `The user of DATABASE_URL may not create or change tables in the ${describeAddress(address)}.`;
    throw new StartError(`${problem} Grant it the right, or use another user.`, error);
  } finally {
    signal?.removeEventListener('abort', abort);
    cutConnection(client);
  }
};
