import { execFileSync } from 'node:child_process';
import { startTestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { askDatabase } from '@tripod/testing/ask-database';
import { readNodeScript } from '@tripod/testing/read-node-script';
import { startTestRedis } from '@tripod/testing/test-redis';
import type { Place } from '../definition/run.ts';
import { pinProcessTree } from './start-database.ts';

const fillPosts = `insert into posts (title, body)
  select 'Post ' || n, repeat('Words of post ' || n || '. ', 10) from generate_series(1, 10000) n`;

// Hexadecimal digits spread the terms of three characters evenly.
const fillPeople = `insert into people (id, apelido, nome, nascimento, stack, search)
  select gen_random_uuid(), 'n' || n, 'Name ' || md5(n::text), date '1960-01-01' + n % 15000, '["Node"]',
    'n' || n || E'\\n' || 'name ' || md5(n::text) || E'\\nnode'
  from generate_series(1, 50000) n`;

/** One database for each contestant, so that the rows that one inserts do not slow the other. */
const databases = ['copy', 'stock'] as const;

/**
 * Starts a durable Postgres with the tables of the API for each contestant, 10,000 posts and 50,000 people, and a
 * Redis. Returns the addresses of the databases, then the address of the Redis.
 */
export const startLabDatabases = async (place: Place): Promise<readonly string[]> => {
  const postgres = await startTestPostgres({ durable: true });
  place.stack.push('postgres', () => postgres.stop());
  if (place.cores.upstreams !== undefined) pinProcessTree(postgres.pid, place.cores.upstreams);
  for (const name of databases) {
    await askDatabase(postgres.urlOf(), `create database ${name}`);
    const url = postgres.urlOf(name);
    execFileSync(process.execPath, [...readNodeScript(place.checkout, 'api-server'), 'migrate'], {
      stdio: 'ignore',
      env: { ...process.env, DATABASE_URL: url },
    });
    await askDatabase(url, fillPosts, fillPeople, 'vacuum analyze');
  }
  const redis = await startTestRedis();
  place.stack.push('redis', () => redis.stop());
  return [...databases.map((name) => postgres.urlOf(name)), redis.url];
};
