import { classifyDatabaseError, databaseUnavailable, writeUncertain } from '@tripod/database/database-errors';
import { createGroupCommit, type GroupWritten } from '@tripod/shared/async/group-commit';
import { AppError } from '@tripod/shared/errors/app-error';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';

export type InsertTogetherOptions<Row, Result> = {
  /** Writes all rows in one statement, or none. The result gives the outcome of each row by its place in the list. */
  readonly insert: (rows: readonly Row[]) => Promise<GroupWritten<Result>>;
  /**
   * Maximum number of rows of one statement. Choose it so that the largest rows make a statement of a few megabytes.
   */
  readonly maxRows: number;
  /** Answered for a row that the database refuses, such as a text that its encoding can't hold. */
  readonly invalid: ErrorDefinition;
};

/** Maximum number of rows that wait for their statement. Further rows are refused with 503. */
const maxWaiting = 2000;

/**
 * Creates a function that inserts a row and resolves once it is committed. Rows that arrive during an insert share the
 * next statement. A row that the database refuses fails alone.
 */
export const createInsertTogether = <Row, Result>({
  insert,
  maxRows,
  invalid,
}: InsertTogetherOptions<Row, Result>): ((row: Row) => Promise<Result>) => {
  const insertRow = createGroupCommit({
    insert,
    isRowFault: (error) => classifyDatabaseError(error) === 'badValue',
    maxRows,
    maxWaiting,
    refusal: databaseUnavailable,
    unconfirmed: writeUncertain,
  });
  return async (row) => {
    try {
      return await insertRow(row);
    } catch (error) {
      if (classifyDatabaseError(error) !== 'badValue') throw error;
      throw new AppError(invalid, { detail: 'The database does not accept this value.', cause: error });
    }
  };
};
