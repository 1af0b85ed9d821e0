import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@tripod/database/database';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { databaseAt, emptyDatabase } from './support/test-database.ts';

let temp: TempDatabase;
let database: Database;
beforeAll(async () => {
  temp = await emptyDatabase();
  // One connection: a statement outside the transaction would wait for ever.
  database = databaseAt(parseDatabaseUrl(temp.url), { poolSize: 1 });
  await database.start();
  await database.write({ text: 'create table words (word text not null)' });
});
afterAll(async () => {
  await database.close();
  await temp.drop();
});

const add = (to: Database, word: string) =>
  to.write({ name: 'add', text: 'insert into words values ($1)', values: [word] });
const words = async (): Promise<unknown> =>
  (
    await database.read({
      text: "select coalesce(string_agg(word, ' ' order by word), '') as words from words",
    })
  ).rows[0];

describe('a transaction of the database', () => {
  it('commits what read, write, knex and a further transaction did in it', async () => {
    const result = await database.transaction(async (bound) => {
      await add(bound, 'a');
      await bound.knex('words').insert({ word: 'b' });
      await bound.transaction((further) => add(further, 'c'));
      const { rows } = await bound.read({ text: 'select count(*)::int as found from words' });
      return rows;
    });
    expect(result).toEqual([{ found: 3 }]);
    await expect(words()).resolves.toEqual({ words: 'a b c' });
  });

  it('keeps nothing of what it did when the work fails, and throws the failure', async () => {
    const failure = new Error('no');
    const work = async (bound: Database): Promise<never> => {
      await add(bound, 'lost');
      throw failure;
    };
    await expect(database.transaction(work)).rejects.toBe(failure);
    await expect(words()).resolves.toEqual({ words: 'a b c' });
  });

  it('fails when a statement failed and the work went on regardless', async () => {
    const work = async (bound: Database): Promise<void> => {
      await add(bound, 'lost');
      await bound.write({ text: 'insert into words values (null)' }).catch(() => undefined);
    };
    await expect(database.transaction(work)).rejects.toMatchObject({ code: 'API_DATABASE_UNAVAILABLE' });
    await expect(words()).resolves.toEqual({ words: 'a b c' });
  });

  it('refuses a transaction of knex inside, which would commit too early', async () => {
    const work = (bound: Database) => bound.knex.transaction(async (trx) => await trx.raw('select 1'));
    await expect(database.transaction(work)).rejects.toThrow(/cannot begin inside another/);
    await expect(words()).resolves.toEqual({ words: 'a b c' });
  });
});
