import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw('create table key_values (key text primary key, value text not null)');
};
