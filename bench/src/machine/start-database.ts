import { execFileSync } from 'node:child_process';
import { startTestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { listProcessTree } from '@tripod/shared/os/process-table';
import { askDatabase, withClient } from '@tripod/testing/ask-database';
import type { Place } from '../definition/run.ts';

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

/** Pins every process of the tree to a core. Processes that Postgres forks later inherit this. */
export const pinProcessTree = (pid: number, core: number): void => {
  for (const member of listProcessTree([pid])) {
    execFileSync('taskset', ['--cpu-list', '--pid', String(core), String(member)], { stdio: 'ignore' });
  }
};

/**
 * Starts a durable Postgres with a database for each name, filled with the given number of images. Returns the
 * addresses; `databaseOf` finds one by name.
 */
export const startDatabases = async (
  place: Place,
  rows: Readonly<Record<string, number>>,
): Promise<readonly string[]> => {
  const postgres = await startTestPostgres({ durable: true });
  place.stack.push('postgres', () => postgres.stop());
  if (place.cores.upstreams !== undefined) pinProcessTree(postgres.pid, place.cores.upstreams);
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

/** Returns the address of the database with this name. Throws when there is no such database. */
export const databaseOf = (urls: readonly string[], name: string): string => {
  const found = urls.find((url) => new URL(url).pathname === `/${name}`);
  if (found === undefined) throw new Error(`there is no database ${name}`);
  return found;
};
