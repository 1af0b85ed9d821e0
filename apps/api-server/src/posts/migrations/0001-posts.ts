import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw(`create table posts (
    id bigint generated always as identity primary key,
    title text not null,
    body text not null,
    created_at timestamptz not null default now()
  )`);
};
