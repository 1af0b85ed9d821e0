/** Returns what one statement wrote for a row, given the index of the row in the list passed to `insert`. */
export type GroupWritten<Result> = (ordinal: number) => Result | undefined;

export type GroupCommitOptions<Row, Result> = {
  /** Writes all rows in one statement, or none. Resolves once they are committed. */
  readonly insert: (rows: readonly Row[]) => Promise<GroupWritten<Result>>;
  /**
   * Whether an error means that one row was invalid and nothing was written. The other rows are then tried without it.
   */
  readonly isRowFault: (error: unknown) => boolean;
  /** Maximum number of rows in one statement. */
  readonly maxRows: number;
  /** Maximum number of rows that wait for their statement. Further rows are refused at once. */
  readonly maxWaiting: number;
  /** Creates the error of a row that is refused because too many are waiting. */
  readonly refusal: () => Error;
  /** Creates the error of a row for which the statement returned no result. */
  readonly unconfirmed: () => Error;
};

type WaitingRow<Row, Result> = {
  readonly row: Row;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Groups inserts: rows that arrive while an insert is running share the next statement, so that many requests cost one
 * commit. Each promise resolves after the commit of its row. A single row is sent at once.
 *
 * A row that the database refuses fails alone: the statement is retried in halves until the invalid rows are isolated.
 * Any other error rejects all rows of that statement, and no others.
 */
export const createGroupCommit = <Row, Result>(
  options: GroupCommitOptions<Row, Result>,
): ((row: Row) => Promise<Result>) => {
  const { insert, isRowFault, maxRows, maxWaiting, refusal, unconfirmed } = options;
  let waiting: WaitingRow<Row, Result>[] = [];
  let running = false;

  const write = async (group: readonly WaitingRow<Row, Result>[]): Promise<void> => {
    let written: GroupWritten<Result>;
    try {
      written = await insert(group.map(({ row }) => row));
    } catch (error) {
      if (group.length > 1 && isRowFault(error)) {
        const half = group.length >> 1;
        await write(group.slice(0, half));
        await write(group.slice(half));
      } else {
        for (const { reject } of group) reject(error);
      }
      return;
    }
    for (const [ordinal, { resolve, reject }] of group.entries()) {
      const result = written(ordinal);
      if (result === undefined) reject(unconfirmed());
      else resolve(result);
    }
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, maxRows);
      waiting = waiting.slice(maxRows);
      await write(group);
    }
    running = false;
  };

  return (row) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= maxWaiting) {
        reject(refusal());
        return;
      }
      waiting.push({ row, resolve, reject });
      // Rows that arrive in the same turn of the event loop share one statement.
      if (waiting.length === 1 && !running) setImmediate(() => void run());
    });
};
