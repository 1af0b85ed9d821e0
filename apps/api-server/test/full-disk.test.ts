import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findIdentity } from '@tripod/embedded-postgres/identity';
import { startTestPostgres, type TestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { askDatabase } from '@tripod/testing/ask-database';
import type pg from 'pg';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';
import { migrateDatabase } from './support/migrated-database.ts';

// An upper bound for a busy machine: the test starts a Postgres of its own.
jest.setTimeout(300_000);

const run = promisify(execFile);

/** Mounting needs root, and a machine that allows it. The mount is in a namespace that ends with its last process. */
const mayMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tripod', tmpdir()]).status === 0;
const suite = mayMount ? describe : describe.skip;

suite('a full tablespace of 16 MB (skipped where mounting is not allowed)', () => {
  let folder: string;
  let postgres: TestPostgres;
  let api: Api;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tripod-full-disk-'));
    const owner = findIdentity(undefined).uid ?? 0;
    const mount = `mount -t tmpfs -o size=16m,mode=700,uid=${owner} tripod "$0" && exec "$@"`;
    postgres = await startTestPostgres({ within: ['unshare', '--mount', 'sh', '-c', mount, folder] });
    await migrateDatabase(postgres.urlOf());
    await ask(`create tablespace small location '${folder}'`);
    await ask('alter table images set tablespace small');
    await ask('create table ballast (filler text) tablespace small');
    await ask('alter table ballast alter column filler set storage plain');
    api = await startApi({ besides: { databaseUrl: postgres.urlOf() } });
  });
  afterAll(async () => {
    await api?.stop();
    await postgres?.stop();
    rmdirSync(folder);
  });

  const ask = (text: string): Promise<unknown> => askDatabase(postgres.urlOf(), text);
  const countOf = ({ body }: supertest.Response): number => (body as unknown[]).length;
  const list = () => supertest(api.url).get('/images.json');
  // Just too short for Postgres to compress it.
  const post = () =>
    supertest(api.url)
      .post('/images.json')
      .send({ ...cat, url: `/${'x'.repeat(1800)}` });
  /** Fills the disk until no page is free that could hold another image. */
  const fill = async (): Promise<void> => {
    for (const size of [7000, 700, 70]) {
      const rows = `select repeat('x', ${size}) from generate_series(1, 100)`;
      for (;;) {
        const full = await ask(`insert into ballast ${rows}`).then(
          () => undefined,
          (error: pg.DatabaseError) => error.code,
        );
        if (full === undefined) continue;
        expect(full).toBe('53100');
        break;
      }
    }
  };

  it('answers writes with 503 and stores none of them, serves lists, and recovers when there is space again', async () => {
    await fill();
    const atFirst = countOf(await list());
    let stored = 0;
    let refused: supertest.Response | undefined;
    // Free space in the last page of the table is used first.
    for (let count = 0; count < 50 && refused === undefined; count += 1) {
      const answer = await post();
      if (answer.status === 200) stored += 1;
      else refused = answer;
    }
    expect([refused?.status, refused?.body.code, refused?.headers['retry-after']]).toEqual([
      503,
      'API_DATABASE_UNAVAILABLE',
      '1',
    ]);
    expect(refused?.text).not.toMatch(/disk|space|extend|No such|tripod-full-disk/i);
    const together = await Promise.all([post(), post(), post(), post()]);
    expect(together.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    const seen = await list();
    expect([seen.status, countOf(seen)]).toEqual([200, atFirst + stored]);
    await expect(supertest(api.url).get('/readyz')).resolves.toMatchObject({ status: 200 });
    await ask('drop table ballast');
    await expect(post()).resolves.toMatchObject({ status: 200 });
    expect(countOf(await list())).toBe(atFirst + stored + 1);
  });
});

suite('a full disk of 130 MB with all of Postgres (skipped where mounting is not allowed)', () => {
  it('crashes Postgres without losing confirmed rows, and it is used again when there is space', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tripod-full-disk-'));
    const script = join(import.meta.dirname, 'support/fill-log.ts');
    const mount = 'mount -t tmpfs -o size=130m,mode=755 tripod "$0" && exec "$@" "$0"';
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', script];
    try {
      const { stdout } = await run('unshare', ['--mount', 'sh', '-c', mount, folder, ...node]);
      const { outcomes, ...rest } = JSON.parse(stdout) as { readonly outcomes: Record<string, number> };
      expect(rest).toEqual({ end: 'PANIC 53100', gaveUp: '', lost: [], duplicates: 0 });
      expect(outcomes).toEqual({
        stored: expect.any(Number),
        API_DATABASE_UNAVAILABLE: expect.any(Number),
        // The writes of the statement that was running, if any.
        ...('API_WRITE_UNCERTAIN' in outcomes && { API_WRITE_UNCERTAIN: expect.any(Number) }),
      });
    } finally {
      rmdirSync(folder);
    }
  });
});
