import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type MigrateOptions, migrate } from '@tripod/database/migrate';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { createResourceMigrations } from '@tripod/database/resource-migrations';
import { systemClock } from '@tripod/shared/async/clock';
import { StartError } from '@tripod/shared/errors/start-error';
import { silentLogger } from '@tripod/shared/logging/logger';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { fillNewTables } from '../../../src/demo/insert-first-rows.ts';
import { demoImages } from '../../../src/images/demo-images.ts';
import { images } from '../../../src/images/images.ts';
import { cat, serverUrl } from '../../support/api.ts';
import { killCommands, runApiServer } from '../../support/command.ts';

let temp: TempDatabase;
beforeEach(async () => {
  temp = await createTempDatabase({ serverUrl: serverUrl() });
});
afterEach(async () => {
  await killCommands();
  await temp.drop();
});

const ask = (text: string): Promise<Record<string, unknown>[]> => askDatabase(temp.url, text);
const imageMigrations = createResourceMigrations([images]);
/** Only the first migration: later ones have tests of their own. */
const firstMigration = {
  ...imageMigrations,
  getMigrations: async () => (await imageMigrations.getMigrations([])).slice(0, 1),
};
const migrateImages = (options: Partial<MigrateOptions> = {}) =>
  migrate({
    ...options,
    address: parseDatabaseUrl(temp.url),
    applicationName: 'test',
    source: firstMigration,
    logger: silentLogger,
    clock: systemClock,
  });

/** The table that the course creates. */
const courseTable = `create table public.images
  (id serial not null, title text not null, url text not null, alt_text text, primary key (id))`;

describe('0001-images', () => {
  it('creates the table as documented', async () => {
    await migrateImages();
    const columns = await ask(`
      select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required, attidentity as identity
      from pg_attribute where attrelid = 'images'::regclass and attnum > 0 order by attnum`);
    expect(columns).toEqual([
      { name: 'id', type: 'bigint', required: true, identity: 'a' },
      { name: 'title', type: 'text', required: true, identity: '' },
      { name: 'alt_text', type: 'text', required: true, identity: '' },
      { name: 'url', type: 'text', required: true, identity: '' },
      { name: 'created_at', type: 'timestamp with time zone', required: true, identity: '' },
    ]);
  });

  it('inserts no rows', async () => {
    await migrateImages();
    await expect(ask('select 1 from images')).resolves.toEqual([]);
  });

  it('is followed by at least six pictures of assets where demo rows are wanted', async () => {
    await migrateImages({ afterApply: fillNewTables([images]) });
    const rows = await ask('select title, alt_text, url from images order by id');
    expect(rows).toEqual(demoImages);
    expect(rows.length).toBeGreaterThanOrEqual(6);
    for (const { url } of demoImages) {
      expect(url).toMatch(/^\/images\/[a-z-]+\.svg$/);
      expect(existsSync(new URL(`../../../../../assets${url}`, import.meta.url))).toBe(true);
    }
  });

  it('is followed by no rows in a table that has some, nor when it has run before', async () => {
    await ask(courseTable);
    await ask("insert into images (title, url) values ('Old', '/old')");
    await migrateImages({ afterApply: fillNewTables([images]) });
    await expect(ask('select title from images')).resolves.toEqual([{ title: 'Old' }]);
    await ask('delete from images');
    await migrateImages({ afterApply: fillNewTables([images]) });
    await expect(ask('select title from images')).resolves.toEqual([]);
  });

  it('adopts the table of the course with its rows and inserts none', async () => {
    await ask(courseTable);
    await ask("insert into images (title, url, alt_text) values ('Old', 'https://x.example/1', null)");
    const command = runApiServer(['--port', '0', '--allow-unsafe-durability'], { DATABASE_URL: temp.url });
    const url = `${await command.url()}/images.json`;
    await waitFor('readiness', async () => (await fetch(url)).status === 200);
    const old = { title: 'Old', alt_text: '', url: 'https://x.example/1' };
    await expect((await fetch(url)).json()).resolves.toEqual([old]);
    const created = await fetch(url, { method: 'POST', body: JSON.stringify(cat) });
    await expect(created.json()).resolves.toEqual(cat);
    const page = await fetch(`${url}?limit=1`);
    await expect(page.json()).resolves.toEqual([old]);
    const next = new URL(/<([^>]+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? '', url);
    await expect((await fetch(next)).json()).resolves.toEqual([cat]);
    await expect(ask('select count(created_at)::int as filled from images')).resolves.toEqual([
      { filled: 2 },
    ]);
  });

  it.each([
    [
      'an empty one',
      'create table images (id serial primary key, title text not null, url text, alt_text text)',
    ],
    [
      'columns in another order, varchar',
      'create table images (url varchar(2048), alt_text varchar, title varchar(200), id int generated always as identity)',
    ],
    ['no id', 'create table images (title text, alt_text text, url text)'],
    ['no id and another key', 'create table images (title text, alt_text text, url text primary key)'],
    [
      'created_at and more columns',
      'create table images (id bigserial primary key, title text, alt_text text, url text, created_at timestamptz default now(), likes int not null default 0, note text)',
    ],
    [
      'a dropped column',
      'create table images (id serial, old text not null, title text, alt_text text, url text); alter table images drop column old',
    ],
  ])('adopts a table with %s', async (_what, table) => {
    await ask(table);
    await expect(migrateImages()).resolves.toEqual(['0001-images']);
    await ask("insert into images (title, alt_text, url) values ('a', 'b', '/c')");
    const rows = await ask('select id::int as id, title, created_at is not null as dated from images');
    expect(rows).toEqual([{ id: 1, title: 'a', dated: true }]);
  });

  it.each([
    ['title', 'is missing', 'create table images (id serial, name text, alt_text text, url text)'],
    ['alt_text', 'is missing', 'create table images (id serial, title text, url text)'],
    [
      'url',
      'is of type bytea, not text',
      'create table images (id serial, title text, alt_text text, url bytea)',
    ],
    [
      'title',
      'is of type jsonb, not text',
      'create table images (id serial, title jsonb, alt_text text, url text)',
    ],
    [
      'alt_text',
      'is generated',
      "create table images (id serial, title text, url text, alt_text text generated always as ('x') stored)",
    ],
    [
      'id',
      'is of type uuid, not a whole number',
      'create table images (id uuid default gen_random_uuid(), title text, alt_text text, url text)',
    ],
    [
      'id',
      'has no default such as an identity or a sequence',
      'create table images (id int primary key, title text, alt_text text, url text)',
    ],
    [
      'owner',
      'is not null and has no default',
      'create table images (id serial, title text, alt_text text, url text, owner int not null)',
    ],
  ])('refuses a table whose column %s %s', async (column, problem, table) => {
    await ask(table);
    const refused = await migrateImages().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartError);
    expect((refused as Error).message).toContain(`column ${column} ${problem}`);
    await expect(ask("select to_regclass('knex_migrations') as made")).resolves.toEqual([{ made: null }]);
  });

  it('makes api-server exit with 1 and that one message', async () => {
    await ask('create table images (id serial, title text, alt_text text, link text)');
    const command = runApiServer(['--port', '0'], { DATABASE_URL: temp.url });
    await expect(command.ended).resolves.toBe(1);
    expect(command.stderr()).toBe(
      'api-server: The database already has a table images, whose column url is missing: rename that table, or use another database.\n',
    );
  });
});
