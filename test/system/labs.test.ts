import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMissingDatabase } from '@tripod/embedded-postgres/create-missing-database';
import { joinEmbeddedPostgres } from '@tripod/embedded-postgres/join-embedded-postgres';
import type { LoadResult } from '@tripod/load/report/load-result';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { freePort } from '@tripod/testing/free-port';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { askRedis, isRedisInstalled } from '@tripod/testing/test-redis';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from '../support/ask.ts';
import { makeStateDir } from '../support/make-state-dir.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

// A limit against hanging.
jest.setTimeout(300_000);

/** Sends JSON and returns the status, the Location and the body. */
const post = async (url: string, body: unknown) => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return {
    status: response.status,
    location: response.headers.get('location') ?? '',
    body: await response.text(),
  };
};

/** Runs the load of a lab for a second with three users, and returns its result. */
const runLoad = async (lab: string, host: string): Promise<LoadResult> => {
  const flags = ['--host', host, '--users', '3', '--run-time', '1s'];
  const { child, output } = spawnNode(['packages/load/bin/load.js', lab, ...flags]);
  const code = await exited(child);
  expect([code, output()]).toEqual([0, expect.stringContaining('"result"')]);
  const last = output().trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(last) as { readonly result: LoadResult }).result;
};

const noFailure = {
  failed: 0,
  failures: [],
  checks: expect.not.arrayContaining([expect.objectContaining({ holds: false })]),
};

describe('labs at once on one Postgres', () => {
  const stacks: RunningStack[] = [];
  const start = async (options: Parameters<typeof runStack>[0]): Promise<RunningStack> => {
    const stack = await runStack(options);
    stacks.push(stack);
    return stack;
  };
  let books: RunningStack;
  let people: RunningStack;
  let posts: RunningStack;
  const postgresDir = makeStateDir();
  beforeAll(async () => {
    books = await start({ lab: 'books', stateDir: postgresDir });
    // Behind nginx where it is installed.
    people = await start({ lab: 'people', postgresDir, ...(findInstalledNginx() ? { proxy: 'nginx' } : {}) });
    const { databaseUrl, leaveAndWait } = await joinEmbeddedPostgres({ stateDir: postgresDir });
    const own = await createMissingDatabase(databaseUrl, 'own');
    await leaveAndWait();
    posts = await start({ lab: 'posts', env: { DATABASE_URL: own } });
  });
  // The other labs use the Postgres in the folder of the books lab, which is removed with it.
  afterAll(async () => {
    for (const stack of stacks.reverse()) await stack.stop();
  });

  it('store a book and a person by the addresses of their lessons', async () => {
    const book = await post(`${books.url}/api/books`, { title: 'A book', author: 'An author' });
    // The lab begins with 1000 books.
    expect([book.status, book.location]).toEqual([201, 'books/1001']);
    const person = { apelido: 'ana', nome: 'Ana', nascimento: '2000-01-31', stack: ['C'] };
    const created = await post(`${people.url}/pessoas`, person);
    expect([created.status, created.location]).toEqual([
      201,
      expect.stringMatching(/^\/pessoas\/[0-9a-f-]{36}$/),
    ]);
    expect(JSON.parse((await ask(people.url, created.location)).body)).toMatchObject(person);
    expect((await ask(people.url, '/contagem-pessoas')).body).toBe('1');
  });

  it('are balanced by nginx with --proxy nginx (skipped where nginx is missing)', async () => {
    if (!findInstalledNginx()) return;
    const { headers } = await ask(people.url, '/contagem-pessoas');
    expect(headers['server']).toBe('nginx');
    const { output } = await people.command('ps');
    expect(output).toContain('"name":"nginx"');
  });

  it('use a database of DATABASE_URL as it is, without demo data', async () => {
    const api = `http://127.0.0.1:${posts.apiPort}`;
    expect((await ask(api, '/api')).body).toBe('{"status":"ok"}');
    expect((await ask(api, '/api/posts')).body).toBe('[]');
    const created = await post(`${api}/api/posts`, { title: 'A post', body: 'Its text' });
    expect([created.status, created.location]).toEqual([201, 'posts/1']);
    expect((await ask(api, '/api/posts/1')).status).toBe(200);
  });

  it('get further rows by the name of the lab', async () => {
    const { code, output } = await books.command('seed', 'books=5', '--lab', 'books');
    expect([code, output]).toEqual([0, expect.stringContaining('added 5 rows to books')]);
    expect((await post(`${books.url}/api/books`, { title: 'A book', author: 'An author' })).location).toBe(
      'books/1007',
    );
  });

  it('carry their load without a failed request, and store what was confirmed', async () => {
    expect(await runLoad('books', books.url)).toMatchObject(noFailure);
    expect(await runLoad('people', people.url)).toMatchObject(noFailure);
    expect(await runLoad('posts', `http://127.0.0.1:${posts.apiPort}`)).toMatchObject(noFailure);
  });

  it('serve only the resources of their lab', async () => {
    const statuses = await Promise.all([
      ask(books.url, '/api/pessoas?t=a'),
      ask(books.url, '/api/books'),
      ask(people.url, '/books'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 200, 404]);
  });
});

describe('the sessions lab (its state in Redis where redis-server is installed)', () => {
  let stack: RunningStack;
  let redisPort: number;
  beforeAll(async () => {
    redisPort = await freePort();
    const flags = isRedisInstalled() ? ['--state', 'redis', '--redis-port', `${redisPort}`] : [];
    stack = await runStack({ lab: 'sessions', flags, env: { WRITE_TOKEN: 'secret' } });
  });
  afterAll(() => stack.stop());

  it('builds its page when it starts, in one line with the seconds', async () => {
    expect(stack.output()).toMatch(/built the page of [^"]*apps\/dashboard in \d+\.\d s/);
    const { status, body } = await ask(stack.url, '/');
    expect([status, body]).toEqual([200, expect.stringContaining('<title>Sessions</title>')]);
  });

  it('counts visits and works off jobs', async () => {
    const { body } = await ask(stack.url, '/api/');
    expect(JSON.parse(body)).toMatchObject({ session_count: 1, global_count: 1 });
    await ask(stack.url, '/api/enqueue?job=test-1');
    await waitFor('the job to be processed', () => stack.output().includes('processed: test-1'));
  });

  it('carries its load, and counts every visit once', async () => {
    expect(await runLoad('sessions', stack.url)).toMatchObject(noFailure);
  });

  it('works off a job that redis-cli would push (skipped without redis-server)', async () => {
    if (!isRedisInstalled()) return;
    await askRedis(redisPort, ['LPUSH', 'jobs', 'pushed']);
    await waitFor('the job to be processed', () => stack.output().includes('processed: pushed'));
  });

  it('answers its addresses at the root as below /api/', async () => {
    const { status, body } = await ask(stack.url, '/set?key=color&value=blue');
    expect([status, JSON.parse(body)]).toEqual([200, { key: 'color', value: 'blue' }]);
    expect((await ask(stack.url, '/api/get?key=color')).body).toBe(body);
    expect((await ask(stack.url, '/get?key=color')).body).toBe(body);
    expect((await ask(stack.url, '/enqueue?job=test-2')).status).toBe(200);
    await waitFor('the job to be processed', () => stack.output().includes('processed: test-2'));
  });

  it('asks for the write token of the environment, and shows it in no command line', async () => {
    const job = { method: 'POST', body: '{"job":"test-3"}' };
    expect((await ask(stack.url, '/api/jobs', job)).status).toBe(401);
    const headers = { Authorization: 'Bearer secret' };
    expect((await ask(stack.url, '/api/jobs', { ...job, headers })).status).toBe(201);
    const { output } = await stack.command('ps');
    const pids = output
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? (JSON.parse(line).pid as number) : []));
    expect(pids.length).toBeGreaterThan(4);
    expect(pids.map((pid) => systemProcesses.commandOf(pid)).join('\n')).not.toContain('secret');
  });
});

describe('pnpm dev', () => {
  it('lists the labs and exits with 2 for an unknown one', async () => {
    const { child, output } = spawnNode([`${checkout}/apps/stack/bin/stack.js`, 'up', 'bokos']);
    expect(await exited(child)).toBe(2);
    expect(output()).toContain(
      'The lab "bokos" is not known; the labs are gallery, books, people, posts, sessions',
    );
  });
});
