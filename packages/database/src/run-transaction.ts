import type { Logger } from '@tripod/shared/logging/logger';
import type { Knex } from 'knex';
import type pg from 'pg';
import { createKnex, type KnexSource } from './create-knex.ts';
import type { Statements } from './statements.ts';

/** The ways to the server inside a transaction. */
export type TransactionStatements = Statements & { readonly knex: Knex };

/** A pooler may give the transaction a session that does not know the name. */
const withoutName = ({ name: _name, ...query }: pg.QueryConfig): pg.QueryConfig => query;

/**
 * Runs `work` in one transaction on one connection, and resolves after its commit. When `work` fails, the transaction
 * is rolled back and the failure is thrown. A failed COMMIT is API_WRITE_UNCERTAIN.
 */
export const runTransaction = async <T>(
  source: KnexSource,
  logger: Logger,
  work: (statements: TransactionStatements) => Promise<T>,
): Promise<T> => {
  const { query, release } = await source.hold();
  const send = (one: pg.QueryConfig): Promise<pg.QueryResult> => query(withoutName(one));
  const hold = (): Promise<never> =>
    Promise.reject(new Error('a transaction cannot begin inside another transaction'));
  try {
    await query({ text: 'begin' });
    const result = await work({ read: send, write: send, knex: createKnex({ send, hold }, logger) });
    await query({ text: 'commit' });
    return result;
  } catch (error) {
    // A connection that can't roll back is closed when it is released, and the server rolls back then.
    await query({ text: 'rollback' }).catch(() => undefined);
    throw error;
  } finally {
    release();
  }
};
