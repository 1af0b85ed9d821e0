import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw('alter table jobs add column lost_leases integer not null default 0');
};
