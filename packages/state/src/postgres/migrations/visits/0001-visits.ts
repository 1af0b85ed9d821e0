import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  // Free space in each page lets an update stay in its page, without a change to the index.
  await knex.raw(`
    create table visit_sessions (
      id uuid primary key,
      visits bigint not null,
      expires_at timestamptz not null
    ) with (fillfactor = 70)`);
  await knex.raw('create index visit_sessions_expire on visit_sessions (expires_at)');
  await knex.raw(`
    create table visit_total (
      singleton boolean primary key default true check (singleton),
      visits bigint not null
    ) with (fillfactor = 10)`);
  await knex.raw('insert into visit_total (visits) values (0)');
};
