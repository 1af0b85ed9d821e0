import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from '@jest/globals';
import { findProcess } from '@tripod/shared/os/process-table';
import pg from 'pg';
import { startTestPostgres } from '../src/start-test-postgres.ts';
import { until } from './support/until.ts';

type Told = { readonly url: string; readonly pid: number; readonly folder: string };

describe('startTestPostgres', () => {
  it('starts a Postgres with fsync off and the given settings, and deletes it when it is stopped', async () => {
    const postgres = await startTestPostgres({ settings: { work_mem: '5MB' } });
    const client = new pg.Client({ connectionString: postgres.urlOf() });
    await client.connect();
    const { rows } = await client.query(
      "SELECT current_setting('fsync') AS fsync, current_setting('work_mem') AS memory, current_setting('data_directory') AS folder",
    );
    await client.end();
    expect(rows[0]).toMatchObject({ fsync: 'off', memory: '5MB' });
    await postgres.stop();
    expect(findProcess(postgres.pid)).toBeUndefined();
    const kept = readdirSync(tmpdir()).filter((name) => rows[0].folder.includes(`/${name}/`));
    expect(kept).toEqual([]);
  });

  it.each([
    [true, 'on'],
    [false, 'off'],
  ])(
    'where durable is %s, has what keeps confirmed writes %s, and the same connections',
    async (durable, value) => {
      const postgres = await startTestPostgres({ durable });
      try {
        const client = new pg.Client({ connectionString: postgres.urlOf() });
        await client.connect();
        const { rows } = await client.query(
          "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'max_connections')",
        );
        await client.end();
        expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
          fsync: value,
          full_page_writes: value,
          synchronous_commit: value,
          max_connections: '200',
        });
      } finally {
        await postgres.stop();
      }
    },
  );

  it('ends with its parent, even when the parent is killed', async () => {
    const program = join(import.meta.dirname, 'fixtures/test-parent.ts');
    const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const { pid, folder } = JSON.parse(line) as Told;
    expect(findProcess(pid)?.command).toContain(folder);
    parent.kill('SIGKILL');
    await until('Postgres has ended', () => findProcess(pid) === undefined);
    await until(
      'its data is deleted',
      () => !readdirSync(tmpdir()).some((name) => folder.includes(`/${name}/`)),
    );
  });

  it('reports in one sentence why Postgres does not start', async () => {
    const wrong = startTestPostgres({ settings: { no_such_setting: 'on' } });
    await expect(wrong).rejects.toThrow(/^Postgres for the tests does not start: .*no_such_setting.*\.$/);
  });
});
