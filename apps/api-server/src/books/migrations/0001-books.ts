import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw(`create table books (
    id bigint generated always as identity primary key,
    title text not null,
    author text not null,
    isbn text,
    published_year integer,
    created_at timestamptz not null default now()
  )`);
};
