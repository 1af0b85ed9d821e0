/**
 * node fill-log.ts FOLDER: to be run where FOLDER is a small disk. A Postgres that keeps its data there and a copy of
 * the API; the disk is filled but for what Postgres has already taken, and its log of changes grows until it can't,
 * which takes the server down; then there is room again. Says in one line of JSON what came of it.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { joinEmbeddedPostgres } from '@tripod/embedded-postgres/join-embedded-postgres';
import { resetEmbeddedPostgres } from '@tripod/embedded-postgres/reset-embedded-postgres';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import { createImageStore } from '../../src/images/image-store.ts';
import { openMigratedDatabase } from './migrated-database.ts';

const folder = process.argv[2] ?? '';
const stateDir = join(folder, 'state');
mkdirSync(stateDir);
let givenUp = '';
const { databaseUrl, leave } = await joinEmbeddedPostgres({
  stateDir,
  onGuardLost: ({ message }) => {
    givenUp = message;
  },
});
const database = await openMigratedDatabase(databaseUrl, { allowUnsafeDurability: false });
const images = createImageStore(database);

const ballast = join(folder, 'ballast');
const fill = (): void => {
  const piece = Buffer.alloc(65_536);
  for (;;) appendFileSync(ballast, piece);
};
try {
  fill();
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
}

const confirmed: string[] = [];
const outcomes: Record<string, number> = {};
const writeOne = async (title: string): Promise<void> => {
  const outcome = await images.insert({ title, alt_text: 'x', url: '/x' }).then(
    () => 'stored',
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  if (outcome === 'stored') confirmed.push(title);
};
let isDown = false;
const write = async (name: number): Promise<void> => {
  for (let count = 0; !isDown; count += 1) await writeOne(`${name}.${count}`);
};
/** Fills the log, and resolves with what took the server down. */
const flood = async (): Promise<string> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (;;) await client.query("select pg_logical_emit_message(true, 'x', repeat('z', 100000))");
  } catch (error) {
    const { severity, code } = error as pg.DatabaseError;
    return `${severity} ${code}`;
  }
};
const writing = [1, 2, 3, 4].map(write);
const end = await flood();
await waitFor('the absence', () => database.reason() !== undefined);
isDown = true;
await Promise.all(writing);
await writeOne('while it is away');
// More attempts than the guard makes where waiting would mend nothing.
const log = join(stateDir, 'logs/postgres.log');
await waitFor(
  'attempts to start it',
  () => readFileSync(log, 'utf8').split('starting PostgreSQL').length > 7,
  120_000,
);
rmSync(ballast);
await waitFor('readiness', () => database.reason() === undefined, 120_000);
await writeOne('last');
const rows = (await database.knex('images').select('title')) as { title: string }[];
const stored = rows.map(({ title }) => title);
console.log(
  JSON.stringify({
    end,
    givenUp,
    outcomes,
    lost: confirmed.filter((title) => !stored.includes(title)),
    doubled: stored.length - new Set(stored).size,
  }),
);
await database.close();
await leave();
// The disk goes with the folder that it is mounted on: nothing is to run there any more.
await resetEmbeddedPostgres({ stateDir });
