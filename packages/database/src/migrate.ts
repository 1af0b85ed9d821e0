import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Knex } from 'knex';
import type pg from 'pg';
import { limits } from './connection-settings.ts';
import { createConnector, openClient } from './connector.ts';
import { createKnex, type HeldConnection } from './create-knex.ts';
import { sqlStateOf } from './database-errors.ts';
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
  /** Runs in the transaction of the migrations that were applied, when there are any. */
  readonly afterApply?: (knex: Knex, applied: readonly string[]) => Promise<void>;
  /** Cuts the connection. What was not committed by then is rolled back. */
  readonly signal?: AbortSignal;
};

/** Any number that nothing else uses as a lock in this database. */
const lockKey = '7237125834';
const pollMs = 100;

/** A crash would leave a migration outside a transaction half done without notice. */
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
 * Takes the lock for the current transaction, so that it also holds behind a pooler that shares sessions. Polls
 * instead of waiting in the server: each question has its time limit, and a server that is gone is noticed.
 */
const takeLock = async (client: pg.Client, { clock, logger }: MigrateOptions): Promise<void> => {
  const limit = { clock, timeoutMs: limits.queryTimeoutMs };
  for (let tries = 1; ; tries += 1) {
    const text = 'select pg_try_advisory_xact_lock($1) as locked';
    const { rows } = await timedQuery(client, { text, values: [lockKey] }, limit);
    if ((rows[0] as { locked: boolean }).locked) return;
    if (tries === 20) logger.info('waiting for another copy to finish migrating');
    await pause(clock, pollMs);
  }
};

/**
 * Limits of this transaction, whatever the session or a pooler had: a migration may take long, and a copy that is out
 * of reach keeps the lock only until its transaction has been idle for 10 s.
 */
const transactionLimits = `select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '${limits.idleInTransactionTimeoutMs}', true)`;

/** The committed migrations, read without the lock: most copies find nothing left to do. */
const listCompleted = async (client: pg.Client, { clock }: MigrateOptions): Promise<readonly string[]> => {
  const ask = async (text: string): Promise<readonly unknown[]> =>
    (await timedQuery(client, { text }, { clock, timeoutMs: limits.queryTimeoutMs })).rows;
  const [table] = await ask("select to_regclass('knex_migrations') is not null as exists");
  if (!(table as { readonly exists: boolean }).exists) return [];
  const rows = await ask('select name from knex_migrations order by id');
  return (rows as { readonly name: string }[]).map(({ name }) => name);
};

const runPending = async (client: pg.Client, options: MigrateOptions): Promise<readonly string[]> => {
  const { source, known = source, isShared = false, afterApply, logger, clock } = options;
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
  const limit = { clock, timeoutMs: limits.migrationTimeoutMs };
  const send: HeldConnection['query'] = (query) => timedQuery(client, query, limit);
  const knex = createKnex(
    { send, hold: () => Promise.resolve({ query: send, release: () => undefined }) },
    logger,
  );
  // An older copy may start after a newer one has migrated: that is no reason to refuse.
  const config = { migrationSource: source, disableMigrationsListValidation: true };
  // One transaction around everything, knex's own tables included: a copy that is killed leaves nothing behind.
  const [applied, completed] = await knex.transaction(async (trx) => {
    await trx.raw(transactionLimits);
    await takeLock(client, options);
    // The process that set knex's own lock is dead: it would have to hold ours.
    await trx.migrate.forceFreeMigrationsLock(config);
    const [, names] = (await trx.migrate.latest(config)) as [number, string[]];
    if (names.length > 0) await afterApply?.(trx, names);
    const [done] = (await trx.migrate.list(config)) as [{ readonly name: string }[], unknown];
    return [names, done];
  });
  warnOfNewer(completed.map(({ name }) => name));
  return applied;
};

/**
 * Brings the database up to date and returns the names of the migrations that it ran. All due migrations run in one
 * transaction, which holds an advisory lock: copies that have something to do take turns, and one that is killed
 * leaves neither a lock nor half a schema. A copy that finds nothing to do takes no lock and waits for no other.
 */
export const migrate = async (options: MigrateOptions): Promise<readonly string[]> => {
  const { address, applicationName, signal, logger } = options;
  let client: pg.Client | undefined;
  try {
    client = await openClient(createConnector(address, applicationName), signal);
    const applied = await runPending(client, options);
    for (const name of applied) logger.info('migrated', { migration: name });
    return applied;
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    const problem = `The user of DATABASE_URL may not create or change tables in the ${describeAddress(address)}.`;
    throw new StartError(`${problem} Grant it the right, or use another user.`, error);
  } finally {
    if (client) cutConnection(client);
  }
};
