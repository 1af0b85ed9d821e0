import { describe, expect, it } from '@jest/globals';
import { createGroupCommit, type GroupWritten } from '../../src/async/group-commit.ts';

type Statement = PromiseWithResolvers<GroupWritten<string>> & { readonly rows: readonly string[] };

const isRowFault = (error: unknown): boolean => error instanceof RangeError;
const refusal = (): Error => new Error('too many wait');
const unconfirmed = (): Error => new Error('the database did not confirm this row');

/** Statements that end when the test says so. */
const scripted = (limits: { maxRows?: number; maxWaiting?: number } = {}) => {
  const statements: Statement[] = [];
  const write = createGroupCommit<string, string>({
    insert: (rows) => {
      const statement = { rows, ...Promise.withResolvers<GroupWritten<string>>() };
      statements.push(statement);
      return statement.promise;
    },
    isRowFault,
    refusal,
    unconfirmed,
    maxRows: 100,
    maxWaiting: 100,
    ...limits,
  });
  const commit = (index: number): void => {
    const { rows = [], resolve } = statements[index] ?? {};
    resolve?.((ordinal) => `${rows[ordinal]} is row ${ordinal}`);
  };
  return { write, statements, commit };
};
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const outcomes = async (writes: readonly Promise<string>[]): Promise<string[]> =>
  (await Promise.allSettled(writes)).map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : `failed: ${(outcome.reason as Error).message}`,
  );

describe('createGroupCommit', () => {
  it('sends a single row at once, and resolves after its commit', async () => {
    const { write, statements, commit } = scripted();
    let answered = false;
    const written = write('a').finally(() => {
      answered = true;
    });
    await nextTurn();
    expect(statements.map(({ rows }) => rows)).toEqual([['a']]);
    await nextTurn();
    expect(answered).toBe(false);
    commit(0);
    await expect(written).resolves.toBe('a is row 0');
  });

  it('lets rows that arrive during an insert share the next one', async () => {
    const { write, statements, commit } = scripted();
    const first = write('a');
    await nextTurn();
    const others = [write('b'), write('c'), write('d')];
    await nextTurn();
    expect(statements).toHaveLength(1);
    commit(0);
    await first;
    await nextTurn();
    expect(statements.map(({ rows }) => rows)).toEqual([['a'], ['b', 'c', 'd']]);
    commit(1);
    await expect(Promise.all(others)).resolves.toEqual(['b is row 0', 'c is row 1', 'd is row 2']);
  });

  it('puts at most maxRows rows into one statement', async () => {
    const { write, statements, commit } = scripted({ maxRows: 2 });
    const writes = ['a', 'b', 'c', 'd', 'e'].map(write);
    for (const index of [0, 1, 2]) {
      await nextTurn();
      commit(index);
    }
    await Promise.all(writes);
    expect(statements.map(({ rows }) => rows)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('refuses further rows at once when maxWaiting rows are waiting', async () => {
    const { write, commit } = scripted({ maxWaiting: 2 });
    const first = write('a');
    await nextTurn();
    const waiting = [write('b'), write('c')];
    await expect(write('d')).rejects.toThrow('too many wait');
    commit(0);
    await first;
    await nextTurn();
    commit(1);
    await expect(Promise.all(waiting)).resolves.toHaveLength(2);
  });

  it('gives each row its own result, in whatever order the results come back', async () => {
    const write = createGroupCommit<string, string>({
      insert: (rows) => {
        const returned = rows.map((row, ordinal) => ({ row, ordinal })).reverse();
        const byOrdinal = new Map(returned.map(({ row, ordinal }) => [ordinal, row.toUpperCase()]));
        return Promise.resolve((ordinal) => byOrdinal.get(ordinal));
      },
      isRowFault,
      refusal,
      unconfirmed,
      maxRows: 10,
      maxWaiting: 10,
    });
    await expect(Promise.all(['a', 'b', 'c'].map(write))).resolves.toEqual(['A', 'B', 'C']);
  });

  it('rejects a row for which the statement returned no result', async () => {
    const { write, statements } = scripted();
    const writes = [write('a'), write('b')];
    await nextTurn();
    statements[0]?.resolve((ordinal) => (ordinal === 0 ? 'done' : undefined));
    await expect(outcomes(writes)).resolves.toEqual([
      'done',
      'failed: the database did not confirm this row',
    ]);
  });

  it.each([
    ['the first', 0],
    ['one in the middle', 3],
    ['the last', 6],
  ])('fails %s bad row alone, and writes its neighbours', async (_which, bad) => {
    const stored: string[] = [];
    const write = createGroupCommit<string, string>({
      insert: async (rows) => {
        if (rows.includes(`row ${bad}`)) throw new RangeError('bad');
        stored.push(...rows);
        return (ordinal) => rows[ordinal];
      },
      isRowFault,
      refusal,
      unconfirmed,
      maxRows: 10,
      maxWaiting: 10,
    });
    const rows = Array.from({ length: 7 }, (_, index) => `row ${index}`);
    await expect(outcomes(rows.map(write))).resolves.toEqual(
      rows.map((row, index) => (index === bad ? 'failed: bad' : row)),
    );
    expect(stored).toEqual(rows.filter((_, index) => index !== bad));
  });

  it('rejects all rows of a statement, and no others, when it fails for any other reason', async () => {
    const { write, statements, commit } = scripted();
    const lost = [write('a'), write('b')];
    await nextTurn();
    const later = write('c');
    statements[0]?.reject(new Error('connection lost'));
    await expect(outcomes(lost)).resolves.toEqual(['failed: connection lost', 'failed: connection lost']);
    await nextTurn();
    expect(statements.map(({ rows }) => rows)).toEqual([['a', 'b'], ['c']]);
    commit(1);
    await expect(later).resolves.toBe('c is row 0');
  });

  it('rejects only the rows of a retried statement when its connection is lost', async () => {
    const write = createGroupCommit<string, string>({
      insert: async (rows) => {
        if (rows.includes('bad')) throw new RangeError('bad');
        if (rows.includes('unlucky')) throw new Error('connection lost');
        return (ordinal) => rows[ordinal];
      },
      isRowFault,
      refusal,
      unconfirmed,
      maxRows: 10,
      maxWaiting: 10,
    });
    await expect(outcomes(['a', 'bad', 'unlucky', 'd'].map(write))).resolves.toEqual([
      'a',
      'failed: bad',
      'failed: connection lost',
      'failed: connection lost',
    ]);
  });
});
