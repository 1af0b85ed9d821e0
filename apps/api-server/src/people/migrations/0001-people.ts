import type { Knex } from 'knex';

/** Creates the extension, which Postgres 13 and newer let the owner of the database do. False when it is refused. */
const createTrigrams = async (knex: Knex): Promise<boolean> => {
  // The block is a subtransaction: what fails in it does not end the transaction of the migration.
  await knex.raw(`do $$ begin
    create extension if not exists pg_trgm;
  exception when insufficient_privilege or feature_not_supported or undefined_file then
    null;
  end $$`);
  const { rows } = await knex.raw<{ rows: object[] }>("select 1 from pg_extension where extname = 'pg_trgm'");
  return rows.length > 0;
};

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw(`create table people (
    id uuid primary key,
    apelido text not null unique,
    nome text not null,
    nascimento date not null,
    stack jsonb,
    search text not null
  )`);
  if (await createTrigrams(knex)) {
    await knex.raw('create index people_search_trigrams on people using gin (search gin_trgm_ops)');
  }
};
