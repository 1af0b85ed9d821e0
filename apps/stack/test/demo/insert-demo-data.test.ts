import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '@tripod/shared/async/clock';
import { askDatabase } from '@tripod/testing/ask-database';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';
import { insertDemoData } from '../../src/demo/insert-demo-data.ts';
import { binOf } from '../../src/services/app-command.ts';
import { checkout } from '../support/fixture-stack.ts';

let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase({ serverUrl: process.env['TEST_DATABASE_URL'] ?? '' });
});
afterEach(() => temp.drop());

/** A clock by which everything takes three seconds. */
const createSlowClock = (): Clock => {
  const fake = createFakeClock();
  return {
    ...fake,
    after: (ms, callback) => {
      const timer = fake.after(ms, callback);
      fake.advance(3000);
      return timer;
    },
  };
};

const insert = async (
  rows: Readonly<Record<string, number>>,
  clock: Clock = createFakeClock(),
): Promise<readonly string[]> => {
  const messages: string[] = [];
  await insertDemoData({
    rows,
    resources: ['books', 'posts'],
    databaseUrl: temp.url,
    execPath: process.execPath,
    file: binOf(checkout, 'api-server'),
    // The Postgres of tests does not wait for the disk.
    environment: { PATH: process.env['PATH'] ?? '', ALLOW_UNSAFE_DURABILITY: 'true' },
    clock,
    onProgress: (message) => void messages.push(message),
  });
  return messages;
};
const count = async (table: string): Promise<unknown> =>
  (await askDatabase(temp.url, `select count(*)::int as rows from ${table}`))[0];

describe('the demo data of a lab', () => {
  it('is inserted into a new database once, and nothing is reported when it takes less than a second', async () => {
    expect(await insert({ books: 7, posts: 0 })).toEqual([]);
    expect(await count('books')).toEqual({ rows: 7 });
    expect(await insert({ books: 7 })).toEqual([]);
    expect(await count('books')).toEqual({ rows: 7 });
  });

  it('is announced and reported with the seconds when it takes longer', async () => {
    expect(await insert({ books: 7, posts: 3 }, createSlowClock())).toEqual([
      'inserting 7 books, 3 posts into the new database',
      'inserted 7 books, 3 posts in 3.0 s',
    ]);
  });

  it('is not inserted into a database that has a table', async () => {
    await askDatabase(temp.url, 'create table books (id int)');
    await insert({ books: 7 });
    expect(await count('books')).toEqual({ rows: 0 });
  });

  it('is refused with the sentence of the API server for a resource without rows', async () => {
    await expect(insert({ bokos: 7 })).rejects.toThrow(
      /^The demo data of the lab cannot be inserted: seed must be given RESOURCE=NUMBER .* and not bokos=7$/,
    );
  });
});
