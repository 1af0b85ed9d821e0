import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw("insert into words select 'second' from pg_advisory_xact_lock_shared(2)");
};
