/**
 * Run as `node fill-log.ts FOLDER`, where FOLDER is a small disk. Starts a Postgres with its data there and an image
 * store; fills the rest of the disk, and writes WAL until Postgres crashes; then frees the space. Prints the result as
 * one line of JSON.
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
let gaveUp = '';
const { databaseUrl, leave } = await joinEmbeddedPostgres({
  stateDir,
  onGuardLost: ({ message }) => {
    gaveUp = message;
  },
});
const database = await openMigratedDatabase(databaseUrl, { allowUnsafeDurability: false });
const images = createImageStore(database);

const ballast = join(folder, 'ballast');
const fill = (): void => {
  const chunk = Buffer.alloc(65_536);
  for (;;) appendFileSync(ballast, chunk);
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
/** Writes WAL until Postgres crashes; resolves with the severity and the code of its error. */
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
await waitFor('Postgres to be unavailable', () => database.reason() !== undefined);
isDown = true;
await Promise.all(writing);
await writeOne('while it is unavailable');
// More attempts than the guard makes for failures that waiting can't correct.
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
    gaveUp,
    outcomes,
    lost: confirmed.filter((title) => !stored.includes(title)),
    duplicates: stored.length - new Set(stored).size,
  }),
);
await database.close();
await leave();
// Nothing may run on the disk when its mount point is removed.
await resetEmbeddedPostgres({ stateDir });
