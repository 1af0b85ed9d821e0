import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw('create table words (word text primary key)');
  // Where the test holds these locks, a copy stays in the middle of its migration.
  await knex.raw("insert into words select 'first' from pg_advisory_xact_lock_shared(1)");
};
