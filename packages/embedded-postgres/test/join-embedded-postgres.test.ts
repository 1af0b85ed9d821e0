import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { listProcesses, sendSignal } from '@tripod/shared/os/process-table';
import pg from 'pg';
import { findEmbeddedPostgres } from '../src/find-embedded-postgres.ts';
import { connectToGuard } from '../src/guard-connection.ts';
import { sendMessage } from '../src/guard-protocol.ts';
import { Scene } from './support/scene.ts';
import { until } from './support/until.ts';

describe('the embedded Postgres while users join and leave', () => {
  let scene: Scene;
  beforeAll(() => {
    scene = new Scene();
  });
  afterEach(() => scene.rest());
  afterAll(() => scene.close());

  it('is started for the first user and joined by the second', async () => {
    const first = scene.user();
    const second = scene.user();
    const joins = await Promise.all([first.next('joined'), second.next('joined')]);
    expect(joins.map(({ started }) => started).sort()).toEqual([false, true]);
    expect(joins[0]?.url).toBe(joins[1]?.url);
    await first.query('CREATE TABLE shared (id int)');
    await second.query('INSERT INTO shared VALUES (7)');
    expect(await first.query('SELECT id FROM shared')).toEqual([{ id: 7 }]);
    expect(await findEmbeddedPostgres(scene)).toMatchObject({ running: true, users: 2 });
  });

  it.each([
    { PGSSLMODE: 'require' },
    { PGOPTIONS: '-c search_path=nowhere' },
    { PGHOST: '192.0.2.1', PGPORT: '1', PGUSER: 'nobody', PGPASSWORD: 'wrong', PGDATABASE: 'nowhere' },
  ])('serves a user whose shell has variables for another Postgres: %j', async (env) => {
    const user = await scene.joined({ env });
    await user.query('CREATE TABLE IF NOT EXISTS here (id int)');
    expect(await user.query('SELECT count(*)::int AS count FROM public.here')).toEqual([{ count: 0 }]);
  });

  it('keeps serving the others when the process that started it is killed', async () => {
    const starter = await scene.joined();
    const other = await scene.joined();
    const [before] = await other.query('SELECT pg_backend_pid() AS pid');
    // A query that takes longer than Postgres runs without users.
    const during = other.query('SELECT pg_backend_pid() AS pid FROM pg_sleep(1)');
    await starter.kill();
    await until('the guard has noticed', async () => (await findEmbeddedPostgres(scene)).users === 1);
    expect(await during).toEqual([before]);
    expect(await other.query('SELECT pg_backend_pid() AS pid')).toEqual([before]);
  });

  it('survives the Ctrl-C that ends the process that started it', async () => {
    const starter = await scene.joined();
    const other = await scene.joined();
    await starter.interruptGroup();
    await until('the guard has noticed', async () => (await findEmbeddedPostgres(scene)).users === 1);
    expect(await other.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it.each(['leave', 'kill'] as const)(
    'stops when the last user has left (%s), and has the same data and port at the next join',
    async (way) => {
      const user = scene.user();
      const { url } = await user.next('joined');
      await user.query(`CREATE TABLE by_${way} AS SELECT 42 AS answer`);
      await user[way]();
      await scene.untilAllGone();
      expect(await findEmbeddedPostgres(scene)).toMatchObject({ running: false, users: 0 });
      const next = scene.user();
      expect(await next.next('joined')).toMatchObject({ url, started: true });
      expect(await next.query(`SELECT answer FROM by_${way}`)).toEqual([{ answer: 42 }]);
    },
  );

  it('is not stopped when a user joins immediately after the last one left', async () => {
    const starter = scene.user();
    const { url } = await starter.next('joined');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const [first, second] = await Promise.all([connectToGuard(scene.layout), connectToGuard(scene.layout)]);
    if (!first || !second) throw new Error('there is a guard');
    try {
      sendMessage(first, { type: 'join' });
      await once(first, 'data');
      await starter.leave();
      first.destroy();
      sendMessage(second, { type: 'join' });
      // A query that outlives the guard's grace.
      await client.query('SELECT pg_sleep(1)');
    } finally {
      await client.end();
      second.destroy();
    }
  });

  it('works for a user that joins while it is being stopped', async () => {
    const first = await scene.joined();
    const pid = scene.postmasterPid;
    const stopping = `[${pid}] LOG:  received fast shutdown request`;
    // Without its checkpointer Postgres can't finish stopping.
    const checkpointer =
      scene.processes().find(({ command }) => command.includes(': checkpointer'))?.pid ?? Number.NaN;
    process.kill(checkpointer, 'SIGSTOP');
    await first.leave();
    await until('it is being stopped', () => readFileSync(scene.layout.logFile, 'utf8').includes(stopping));
    const late = scene.user();
    await late.next('progress');
    process.kill(checkpointer, 'SIGCONT');
    await late.next('joined');
    expect(await late.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(scene.postmasterPid).not.toBe(pid);
  });

  it('runs side by side with the Postgres of a copied checkout', async () => {
    await scene.joined();
    await scene.rest();
    const copy = Scene.copyOf(scene);
    const user = scene.user();
    const { url } = await user.next('joined');
    await user.query('CREATE TABLE only_here (id int)');
    try {
      const stranger = copy.user();
      expect((await stranger.next('joined')).url).not.toBe(url);
      expect(await stranger.query("SELECT to_regclass('only_here') AS found")).toEqual([{ found: null }]);
    } finally {
      await copy.close();
    }
    expect(await user.query('SELECT count(*)::int AS n FROM only_here')).toEqual([{ n: 0 }]);
  });

  it('does not expose the password', async () => {
    const user = scene.user();
    const password = new URL((await user.next('joined')).url ?? '').password;
    await expect(user.query('SELECT no_such_column')).rejects.toThrow('no_such_column');
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(statSync(scene.layout.stateFile).mode & 0o777).toBe(0o600);
    expect(statSync(scene.layout.socketPath).mode & 0o077).toBe(0);
    expect(listProcesses().filter(({ command }) => command.includes(password))).toEqual([]);
    const told = readdirSync(scene.layout.logsDir).map((name) =>
      readFileSync(join(scene.layout.logsDir, name), 'utf8'),
    );
    expect(told.join('')).toContain('no_such_column');
    expect(told.join('')).not.toContain(password);
    expect(user.events.filter(({ message }) => message?.includes(password))).toEqual([]);
  });
});

describe('a first start', () => {
  let scene: Scene;
  afterEach(() => scene.close());

  it('starts one Postgres for four processes that start at the same moment', async () => {
    scene = new Scene();
    const users = [1, 2, 3, 4].map(() => scene.user());
    const joins = await Promise.all(users.map((user) => user.next('joined')));
    expect(new Set(joins.map(({ url }) => url)).size).toBe(1);
    expect(joins.filter(({ started }) => started)).toHaveLength(1);
    const answers = await Promise.all(users.map((user) => user.query('SELECT 1 AS one')));
    expect(answers).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }], [{ one: 1 }]]);
    expect(await findEmbeddedPostgres(scene)).toMatchObject({ users: 4 });
    expect(scene.processes().filter(({ command }) => command.includes(' -D '))).toHaveLength(1);
  });

  it('reports its progress, and creates a UTF8 database with C locale that requires a password', async () => {
    scene = new Scene();
    const user = scene.user();
    const { url } = await user.next('joined');
    expect(user.events.map(({ message }) => message)).toContain('Preparing a database for the first time…');
    const settings = ['server_encoding', 'lc_messages', 'fsync', 'full_page_writes', 'synchronous_commit'];
    const named = [
      ...settings,
      'listen_addresses',
      'unix_socket_directories',
      'password_encryption',
      'TimeZone',
    ];
    const rows = await user.query(
      `SELECT name, setting FROM pg_settings WHERE name IN (${named.map((name) => `'${name}'`).join()})`,
    );
    expect(Object.fromEntries(rows.map((row) => [row['name'], row['setting']]))).toEqual({
      server_encoding: 'UTF8',
      lc_messages: 'C',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      password_encryption: 'scram-sha-256',
      TimeZone: 'UTC',
    });
    const hba = await user.query('SELECT DISTINCT auth_method FROM pg_hba_file_rules');
    expect(hba).toEqual([{ auth_method: 'scram-sha-256' }]);
    expect(new URL(url ?? '').hostname).toBe('127.0.0.1');
  });

  it('works below a path that is too long for a socket', async () => {
    scene = new Scene({ below: join(...Array.from({ length: 12 }, () => 'a-rather-long-folder')) });
    const [first, second] = [scene.user(), scene.user()];
    const urls = await Promise.all([first.next('joined'), second.next('joined')]);
    expect(urls[0]?.url).toBe(urls[1]?.url);
  });

  it('works below a path with characters that a shell interprets', async () => {
    scene = new Scene({ below: 'a $HOME `id` "q" \\ é' });
    const user = await scene.joined();
    expect(await user.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says that its guard was killed, and leaves no process behind', async () => {
    scene = new Scene();
    const user = scene.user();
    await until('initdb runs', () => scene.processes().some(({ command }) => command.includes('--pgdata=')));
    const { guardPid } = scene;
    sendSignal(guardPid, 'SIGKILL');
    const { message } = await user.next('refused');
    expect(message).toContain(
      `The database's guard (process ${guardPid}) was ended by SIGKILL before the database was ready`,
    );
    // initdb was killed, and may take another moment to end.
    await scene.untilAllGone();
  });

  it('starts from scratch after a first start that was killed', async () => {
    scene = new Scene();
    const unlucky = scene.user();
    await until('initdb runs', () => scene.processes().some(({ command }) => command.includes('--pgdata=')));
    await unlucky.kill();
    sendSignal(scene.guardPid, 'SIGKILL');
    const next = await scene.joined();
    expect(await next.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(scene.layout.home).filter((name) => name.startsWith('draft-'))).toEqual([]);
  });
});
