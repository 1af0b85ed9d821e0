import type { Database } from '@tripod/database/database';
import type { Clock } from '@tripod/shared/async/clock';
import { createCoalescedRead } from '@tripod/shared/async/coalesced-read';
import { AppError } from '@tripod/shared/errors/app-error';
import type { OperationStep } from '../resource/operation.ts';
import { writeErrors } from './write-errors.ts';

export type LimitRowsOptions = {
  readonly database: Pick<Database, 'read'>;
  readonly rowLimit: number;
  /** The table that an operation adds rows to; undefined for an operation that adds none. */
  readonly tableOf: (operationName: string) => string | undefined;
  readonly clock: Pick<Clock, 'monotonicMs'>;
};

/**
 * An estimate that costs the same for every table: the counter of the server's statistics, which a session updates
 * within a second of its commit, or the number of the last ANALYZE, which survives a crash of the server.
 */
const estimateRows = {
  name: 'estimate-rows',
  text: `select greatest(reltuples, pg_stat_get_live_tuples(oid))::float8 as rows
    from pg_class where oid = to_regclass($1)`,
};
const readAgainMs = 1000;

/**
 * Refuses a request that would add a row to a table that has about `rowLimit` rows. Each copy reads the estimate at
 * most once per second, so that a flood of writes gets a little further.
 */
export const limitRows = ({ database, rowLimit, tableOf, clock }: LimitRowsOptions): OperationStep => {
  const createCheck = (table: string): (() => Promise<void>) => {
    let known: { readonly rows: number; readonly atMs: number } | undefined;
    const read = createCoalescedRead(async () => {
      const { rows } = await database.read({ ...estimateRows, values: [table] });
      const [estimate] = rows as readonly { readonly rows: number }[];
      known = { rows: estimate?.rows ?? 0, atMs: clock.monotonicMs() };
      return known;
    });
    return async () => {
      const isRecent = known !== undefined && clock.monotonicMs() - known.atMs < readAgainMs;
      const { rows } = isRecent && known ? known : await read();
      if (rows < rowLimit) return;
      throw new AppError(writeErrors.API_TABLE_FULL, {
        detail: `There are about ${rows} rows in the table ${table}, and this API allows ${rowLimit} (--row-limit).`,
      });
    };
  };
  return (operation) => {
    const table = tableOf(operation.name);
    return table === undefined
      ? operation
      : {
          ...operation,
          errors: [...(operation.errors ?? []), writeErrors.API_TABLE_FULL],
          guards: [...(operation.guards ?? []), createCheck(table)],
        };
  };
};
