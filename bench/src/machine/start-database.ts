import { execFileSync } from 'node:child_process';
import { startTestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { listProcessTree } from '@tripod/shared/os/process-table';
import { askDatabase, withClient } from '@tripod/testing/ask-database';
import type { Place } from '../run.ts';

const createTable = `create table images (
  id bigint generated always as identity primary key,
  title text not null,
  alt_text text not null,
  url text not null,
  created_at timestamptz not null default now()
)`;

const fillTable = `insert into images (title, alt_text, url)
  select 'Picture ' || n, 'What picture number ' || n || ' shows', 'https://images.example/' || n || '.jpg'
  from generate_series(1, $1::int) n`;

/** Every process of the tree on that core; processes that Postgres makes later take it over from their parent. */
const holdOnCore = (pid: number, core: number): void => {
  for (const member of listProcessTree([pid])) {
    execFileSync('taskset', ['--cpu-list', '--pid', String(core), String(member)], { stdio: 'ignore' });
  }
};

/**
 * Starts an empty Postgres that keeps what it confirms, and makes a database of each name with so many images in it. Returns their
 * addresses, of which `databaseOf` finds one.
 */
export const startDatabases = async (
  place: Place,
  rows: Readonly<Record<string, number>>,
): Promise<readonly string[]> => {
  const postgres = await startTestPostgres({ durable: true });
  place.stack.push('postgres', () => postgres.stop());
  if (place.cores.upstreams !== undefined) holdOnCore(postgres.pid, place.cores.upstreams);
  const urls: string[] = [];
  for (const [name, count] of Object.entries(rows)) {
    await askDatabase(postgres.urlOf(), `create database ${name}`);
    const url = postgres.urlOf(name);
    await withClient(url, async (client) => {
      await client.query(createTable);
      await client.query(fillTable, [count]);
      await client.query('vacuum analyze images');
    });
    urls.push(url);
  }
  return urls;
};

/** The address of the database of that name. Throws when there is none. */
export const databaseOf = (urls: readonly string[], name: string): string => {
  const found = urls.find((url) => new URL(url).pathname === `/${name}`);
  if (found === undefined) throw new Error(`there is no database ${name}`);
  return found;
};
