import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw('create table words (word text primary key)');
  // Long enough to be killed in the middle.
  await knex.raw("insert into words select 'first' from pg_sleep(0.1)");
};
