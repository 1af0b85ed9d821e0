import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { findEmbeddedPostgres } from '@tripod/embedded-postgres/find-embedded-postgres';
import { findProcess } from '@tripod/shared/os/process-table';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from '../support/ask.ts';
import { type RunningStack, type RunStackOptions, runStack } from '../support/run-stack.ts';
import { type Load, startLoad } from '../support/start-load.ts';

// A limit against hanging.
jest.setTimeout(300_000);

type Row = {
  readonly name: string;
  readonly pid?: number;
  readonly state: string;
  readonly restarts: number;
  readonly upstream?: { readonly state: string; readonly inFlight: number };
};

const stacks: RunningStack[] = [];
const loads: Load[] = [];
// The last one first: a stack that runs in the folder of an earlier one writes its logs again when they are removed.
const stopStacks = async (): Promise<void> => {
  for (const stack of stacks.splice(0).reverse()) await stack.stop();
};
afterEach(async () => {
  for (const load of loads.splice(0)) await load.stop();
});

const start = async (options: RunStackOptions = {}): Promise<RunningStack> => {
  const stack = await runStack(options);
  stacks.push(stack);
  return stack;
};
const ps = async (stack: RunningStack): Promise<readonly Row[]> =>
  (await stack.command('ps')).output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
const find = async (stack: RunningStack, name: string): Promise<Row> => {
  const row = (await ps(stack)).find((one) => one.name === name);
  if (!row) throw new Error(`ps does not list ${name}`);
  return row;
};
const load = async (stack: RunningStack): Promise<Load> => {
  const begun = startLoad(`${stack.url}/api/images.json`);
  loads.push(begun);
  await waitFor('the load to begin', () => begun.requests > 50);
  return begun;
};
const isGone = (pid: number): boolean => findProcess(pid) === undefined;
/** Returns every process of a stack: its own, its services, and the database with its guard. */
const pidsOf = async (stack: RunningStack): Promise<readonly number[]> => {
  const { guardPid = 0, postgresPid = 0 } = await findEmbeddedPostgres({ stateDir: stack.stateDir });
  const pids = [
    stack.process.pid ?? 0,
    ...(await ps(stack)).map(({ pid = 0 }) => pid),
    guardPid,
    postgresPid,
  ];
  expect(pids).not.toContain(0);
  return pids;
};
const image = { title: 'Kept', alt_text: 'It stays', url: 'https://images.test/kept.jpg' };
const titles = async (stack: RunningStack): Promise<readonly string[]> => {
  const { body } = await ask(stack.url, '/api/images.json');
  return (JSON.parse(body) as { readonly title: string }[]).map(({ title }) => title);
};

describe('a running stack', () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await start();
  });
  afterAll(stopStacks);

  it('lists its processes with the state of each copy at the proxy', async () => {
    const rows = await ps(stack);
    expect(rows.map(({ name, state, restarts }) => `${name} ${state} ${restarts}`)).toEqual([
      ...['proxy ready 0', 'static-server ready 0', 'api-1 ready 0', 'api-2 ready 0', 'api-3 ready 0'],
      'postgres ready 0',
    ]);
    expect(rows.filter(({ upstream }) => upstream?.state === 'available')).toHaveLength(3);
    const { code, output } = await stack.command('logs', 'stack', '-n', '1');
    expect([code, output]).toEqual([0, expect.stringContaining('"message":"ready"')]);
  });

  it('refuses a second start with the same state folder, and says what is running', async () => {
    const { code, output } = await stack.command('up');
    expect([code, output]).toEqual([
      1,
      `stack: Tripod already runs here, as process ${stack.process.pid}, at ${stack.url} with 3 copies of api; stop it with Ctrl-C in its terminal, or with: pnpm stack down\n`,
    ]);
  });

  it('loses no GET when a copy is killed under load, and restarts the copy', async () => {
    const users = await load(stack);
    const { pid = Number.NaN } = await find(stack, 'api-2');
    process.kill(pid, 'SIGKILL');
    await waitFor('the copy to be back', async () => {
      const row = await find(stack, 'api-2');
      return row.pid !== pid && row.restarts === 1 && row.upstream?.state === 'available';
    });
    const before = users.answersOf('api-2');
    await waitFor('answers of the copy', () => users.answersOf('api-2') > before + 20);
    expect((await users.stop()).failures).toEqual([]);
  });

  it('restarts every copy under load without a failed request, one at a time', async () => {
    const before = await ps(stack);
    const users = await load(stack);
    const fewest = { available: 3 };
    let done = false;
    const restart = stack.command('restart', 'api').finally(() => {
      done = true;
    });
    await waitFor(
      'the end of the restart',
      async () => {
        const pools = JSON.parse((await ask(stack.adminUrl, '/pools')).body) as {
          readonly name: string;
          readonly upstreams: readonly { readonly state: string }[];
        }[];
        const upstreams = pools.find(({ name }) => name === 'api')?.upstreams ?? [];
        const available = upstreams.filter(({ state }) => state === 'available').length;
        fewest.available = Math.min(fewest.available, available);
        return done;
      },
      60_000,
    );
    expect((await restart).code).toBe(0);
    expect((await users.stop()).failures).toEqual([]);
    expect(fewest.available).toBe(2);
    const pids = before.map(({ pid }) => pid);
    const renewed = (await ps(stack)).filter(({ pid }) => !pids.includes(pid));
    expect(renewed.map(({ name }) => name)).toEqual(['api-1', 'api-2', 'api-3']);
  });

  it('scales down and up under load without a failed request', async () => {
    const users = await load(stack);
    expect((await stack.command('scale', 'api=1')).code).toBe(0);
    const before = users.answersOf('api-1');
    await waitFor('answers of the first copy', () => users.answersOf('api-1') > before + 20);
    expect((await ps(stack)).map(({ name }) => name)).toEqual([
      'proxy',
      'static-server',
      'api-1',
      'postgres',
    ]);
    expect((await stack.command('scale', 'api=3')).code).toBe(0);
    const third = users.answersOf('api-3');
    await waitFor('answers of the third copy', () => users.answersOf('api-3') > third + 20);
    expect((await users.stop()).failures).toEqual([]);
  });

  it('keeps a stopped copy stopped under load without a failed request', async () => {
    const users = await load(stack);
    const { code, output } = await stack.command('stop', 'api-2');
    expect([code, output]).toEqual([0, expect.stringContaining('stays down until: pnpm stack start api-2')]);
    expect((await users.stop()).failures).toEqual([]);
    expect((await find(stack, 'api-2')).state).toBe('stopped');
  });

  it('answers 503 at once without copies, still serves the page, and recovers when a copy starts', async () => {
    expect((await stack.command('stop', 'api')).code).toBe(0);
    const { status, headers } = await ask(stack.url, '/api/images.json');
    expect([status, headers['retry-after']]).toEqual([503, '1']);
    expect((await ask(stack.url, '/')).status).toBe(200);
    expect((await stack.command('start', 'api-2')).code).toBe(0);
    await waitFor('the API', async () => (await ask(stack.url, '/api/images.json')).status === 200);
  });
});

describe('the shutdown of a stack', () => {
  afterEach(stopStacks);

  it('stops everything when the stack is killed; the next stack ends a hung copy and finds the data', async () => {
    const first = await start({ copies: 2 });
    await ask(first.url, '/api/images.json', { method: 'POST', body: JSON.stringify(image) });
    const pids = await pidsOf(first);
    const hung = (await find(first, 'api-1')).pid as number;
    expect(hung).toBeGreaterThan(0);
    process.kill(hung, 'SIGSTOP');
    first.process.kill('SIGKILL');
    await waitFor('the others to end', () => pids.every((pid) => pid === hung || isGone(pid)));
    expect(isGone(hung)).toBe(false);
    const second = await start({ stateDir: first.stateDir, copies: 1 });
    expect(isGone(hung)).toBe(true);
    expect(await titles(second)).toContain('Kept');
  });

  it('is complete when stack down returns; the data stays until stack reset', async () => {
    const first = await start({ copies: 1 });
    await ask(first.url, '/api/images.json', { method: 'POST', body: JSON.stringify(image) });
    const pids = await pidsOf(first);
    expect(await first.command('down')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/stopped\n$/),
    });
    expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
    for (const command of [['ps'], ['scale', 'api=2'], ['down']]) {
      expect(await first.command(...command)).toEqual({
        code: 1,
        output: 'stack: No stack runs here. Start it with: pnpm dev\n',
      });
    }
    const second = await start({ copies: 1, stateDir: first.stateDir });
    expect(await titles(second)).toContain('Kept');
    expect(await second.command('reset', '--yes')).toMatchObject({ code: 1 });
    await second.command('down');
    expect(await second.command('reset', '--yes')).toMatchObject({ code: 0 });
    const third = await start({ copies: 1, stateDir: first.stateDir });
    expect(await titles(third)).not.toContain('Kept');
  });

  it('is orderly on SIGTERM, Ctrl-C and when the terminal closes', async () => {
    let stateDir: string | undefined;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const stack = await start({ copies: 1, ...(stateDir === undefined ? {} : { stateDir }) });
      stateDir = stack.stateDir;
      const pids = await pidsOf(stack);
      stack.process.kill(signal);
      await waitFor('the end', () => stack.process.exitCode !== null);
      expect(stack.process.exitCode).toBe(0);
      expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
      const log = readFileSync(join(stateDir, 'logs/stack.log'), 'utf8');
      expect(log.trim().split('\n').at(-1)).toContain('"message":"stopped"');
    }
  });
});

describe('a stack with nginx in front', () => {
  afterEach(stopStacks);

  const withNginx = findInstalledNginx() ? it : it.skip;
  withNginx(
    'scales and renews behind nginx without a failed request (skipped where it is missing)',
    async () => {
      const stack = await start({ copies: 1, proxy: 'nginx' });
      const failures: number[] = [];
      const users = { stopping: false };
      // A new connection for each request: a reload of nginx closes persistent ones, which a client may be using.
      const user = async (): Promise<void> => {
        while (!users.stopping) {
          const { status } = await ask(stack.url, '/api/images.json');
          if (status !== 200) failures.push(status);
        }
      };
      const all = Promise.all([user(), user(), user()]);
      expect((await stack.command('scale', 'api=3')).code).toBe(0);
      expect((await stack.command('restart', 'api')).code).toBe(0);
      expect((await stack.command('scale', 'api=1')).code).toBe(0);
      users.stopping = true;
      await all;
      expect(failures).toEqual([]);
    },
  );
});
