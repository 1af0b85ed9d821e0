import type { Knex } from 'knex';

export const up = async (knex: Knex): Promise<void> => {
  await knex.raw(`create table idempotency_keys (
    key text primary key,
    fingerprint text not null,
    answer text,
    created_at timestamptz not null default now()
  )`);
  await knex.raw('create index idempotency_keys_created_at on idempotency_keys (created_at)');
};
