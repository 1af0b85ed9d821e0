import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  // A job without a lease waits. Jobs that have ended are in ended_jobs, so that this table stays small.
  await knex.raw(`
    create table jobs (
      id bigint generated always as identity primary key,
      name text not null,
      failed_tries integer not null default 0,
      lease uuid unique,
      leased_until timestamptz,
      worker text,
      check ((lease is null) = (leased_until is null))
    ) with (fillfactor = 70)`);
  await knex.raw(`
    create table ended_jobs (
      sequence bigint generated always as identity primary key,
      job_id bigint not null,
      name text not null,
      outcome text not null check (outcome in ('done', 'failed')),
      reason text,
      worker text,
      ended_at timestamptz not null default now()
    )`);
  await knex.raw(`
    create table job_totals (
      singleton boolean primary key default true check (singleton),
      done bigint not null,
      failed bigint not null
    ) with (fillfactor = 10)`);
  await knex.raw('insert into job_totals (done, failed) values (0, 0)');
};
