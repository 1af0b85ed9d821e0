/** What one statement wrote: the result of each row by its ordinal, its place in the list that was given. */
export type GroupWritten<Result> = (ordinal: number) => Result | undefined;

export type GroupCommitOptions<Row, Result> = {
  /** Writes all rows in one statement, or none. Resolves once they are committed. */
  readonly insert: (rows: readonly Row[]) => Promise<GroupWritten<Result>>;
  /** Whether an error means that nothing was written, because of a row: then its neighbours are tried without it. */
  readonly isRowFault: (error: unknown) => boolean;
  /** Most rows in one statement. */
  readonly maxRows: number;
  /** With so many rows waiting for their statement, further ones are refused at once. */
  readonly maxWaiting: number;
  /** What a refused row is told. */
  readonly refusal: () => Error;
  /** What a row is told of which the statement had no result. */
  readonly unconfirmed: () => Error;
};

type WaitingRow<Row, Result> = {
  readonly row: Row;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Lets rows that arrive while an insert runs share the next one: one commit for many requests, and each is answered
 * after it. Alone, a row goes out at once.
 *
 * A row that the database refuses fails by itself: the statement is repeated in halves until the bad ones are alone.
 * Any other error is everyone's who was in that statement, and of no one else.
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
      // What has arrived in the same turn of the event loop goes out together.
      if (waiting.length === 1 && !running) setImmediate(() => void run());
    });
};
