import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { askStack } from '@tripod/stack-client/ask-stack';
import { waitFor } from '@tripod/testing/wait-for';
import { locateState } from '../../src/control/state-folder.ts';
import type { StackReport } from '../../src/stack/report-stack.ts';
import { type RunningStack, startStack } from '../../src/stack/start-stack.ts';
import { fixtureServices } from '../support/fixture-services.ts';
import { type FixtureStack, prepareFixtureStack } from '../support/fixture-stack.ts';
import { startOptions, useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const startFixture = useStacks();
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const start = async (fixture: FixtureStack) => {
  const stack = await startFixture(fixture);
  /** The upstreams in the proxy's pool of the API. */
  const upstreams = async () => {
    const response = await fetch(`http://127.0.0.1:${fixture.config.adminPort}/pools`);
    const pools = (await response.json()) as {
      name: string;
      upstreams: { id: string; draining: boolean }[];
    }[];
    const pool = pools.find(({ name }) => name === 'api');
    return (pool?.upstreams ?? []).map(({ id, draining }) => (draining ? `${id} draining` : id));
  };
  return { ...stack, upstreams };
};
const pidsOf = ({ processes }: StackReport): readonly number[] => processes.flatMap(({ pid }) => pid ?? []);

describe('a running stack', () => {
  it('has started every service and given the proxy its copies', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    const { report, upstreams } = await start(fixture);
    const { processes, url } = await report();
    expect(processes.map(({ name, state }) => `${name} ${state}`)).toEqual([
      ...['proxy ready', 'static-server ready', 'api-1 ready', 'api-2 ready'],
    ]);
    expect(url).toBe(`http://127.0.0.1:${fixture.config.port}`);
    expect(processes.every(({ memoryBytes }) => (memoryBytes ?? 0) > 1_000_000)).toBe(true);
    expect(await upstreams()).toEqual(
      processes.filter(({ name }) => name.startsWith('api')).map(({ port }) => `127.0.0.1:${port}`),
    );
  });

  it('reports why a running copy is not ready', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), { copies: 1 }, fixtureServices('unready'));
    const { report } = await start(fixture);
    const find = async () => (await report()).processes.find(({ name }) => name === 'api-1');
    // The copy has 1 s to answer, which may be too short on a busy machine.
    const copy = await waitFor('its reason', async () => {
      const found = await find();
      return found?.reason === 'no answer to /readyz' ? undefined : found;
    });
    expect(copy).toMatchObject({ state: 'not ready', reason: 'database: connection refused' });
  });

  it('does not pass its environment variables on to the services', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    await start(fixture);
    const line = '"name: api-1, PORT: none"';
    await waitFor('the line of the copy', () => fixture.shown.join('').includes(line));
  });

  it('leaves no process and no control socket when it stops', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    const { running, report, ask } = await start(fixture);
    const pids = pidsOf(await report());
    expect(pids).toHaveLength(4);
    await running.stop();
    expect(pids.filter((pid) => systemProcesses.commandOf(pid) !== undefined)).toEqual([]);
    await expect(ask({ command: 'ps' })).rejects.toThrow('No stack runs here. Start it with: pnpm dev');
  });

  it('adds scaled copies to the proxy and removes them', async () => {
    const { ask, report, upstreams, progress } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'scale', name: 'api', count: 3 });
    expect((await report()).processes.map(({ name }) => name)).toContain('api-3');
    expect(await upstreams()).toHaveLength(3);
    await ask({ command: 'scale', name: 'api', count: 1 });
    expect(await upstreams()).toHaveLength(1);
    expect(progress).toContain('api-3: ready and receiving requests');
    expect(progress.at(-1)).toBe('api-2: removed');
  });

  it('replaces every copy in a rolling restart', async () => {
    const { ask, report } = await start(await prepareFixtureStack(makeFolder()));
    const before = pidsOf(await report());
    await ask({ command: 'restart', name: 'api' });
    const after = await report();
    expect(pidsOf(after).filter((pid) => before.includes(pid))).toHaveLength(2);
    expect(after.processes.every(({ state, restarts }) => state === 'ready' && restarts === 0)).toBe(true);
  });

  it('says how to start copies when none runs that could be restarted', async () => {
    const { ask } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'stop', name: 'api' });
    await expect(ask({ command: 'restart', name: 'api' })).rejects.toThrow(
      'No copy of api is running; start them with: pnpm stack start api',
    );
    await ask({ command: 'scale', name: 'api', count: 0 });
    for (const command of ['restart', 'start', 'stop'] as const) {
      await expect(ask({ command, name: 'api' })).rejects.toThrow(
        'There are no copies of api; start some with: pnpm stack scale api=3',
      );
    }
  });

  it('keeps a stopped copy down until it is started', async () => {
    const { ask, report, upstreams, progress } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'stop', name: 'api-2' });
    expect((await report()).processes.find(({ name }) => name === 'api-2')?.state).toBe('stopped');
    expect(await upstreams()).toHaveLength(1);
    expect(progress.at(-1)).toBe('api-2 stays down until: pnpm stack start api-2');
    await ask({ command: 'start', name: 'api-2' });
    expect(await upstreams()).toHaveLength(2);
  });

  it('starts a killed copy again and reports when it is ready', async () => {
    const { ask, report, progress } = await start(await prepareFixtureStack(makeFolder()));
    const before = pidsOf(await report());
    await ask({ command: 'kill', name: 'api-1' });
    expect(progress.at(-1)).toMatch(/^api-1: ready again after \d+ ms, as process \d+$/);
    const after = await report();
    expect(after.processes.find(({ name }) => name === 'api-1')?.restarts).toBe(1);
    expect(pidsOf(after).filter((pid) => !before.includes(pid))).toHaveLength(1);
  });

  it('gives a proxy that was restarted its current copies', async () => {
    const { ask, upstreams } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'scale', name: 'api', count: 1 });
    await ask({ command: 'kill', name: 'proxy' });
    expect(await upstreams()).toHaveLength(1);
    await ask({ command: 'scale', name: 'api', count: 0 });
    await ask({ command: 'kill', name: 'proxy' });
    await waitFor('the placeholder to be removed', async () => (await upstreams()).length === 0);
  });

  it('lists the processes when a command names another one', async () => {
    const { ask } = await start(await prepareFixtureStack(makeFolder()));
    await expect(ask({ command: 'stop', name: 'api-9' })).rejects.toThrow(
      'There is no process api-9; there are proxy, static-server, api-1, api-2.',
    );
  });

  it('refuses to kill all copies at once, and to change a database that it does not run', async () => {
    const { ask } = await start(await prepareFixtureStack(makeFolder()));
    await expect(ask({ command: 'kill', name: 'api' })).rejects.toThrow(
      'The command kill changes one process at a time; name it, such as: pnpm stack kill api-1',
    );
    for (const command of ['kill', 'stop', 'start', 'restart'] as const) {
      await expect(ask({ command, name: 'postgres' })).rejects.toThrow(
        'The database is the one of DATABASE_URL, so this command cannot change it; it can change proxy, static-server, api-1, api-2.',
      );
    }
  });

  it('names the lab of this checkout that has the port', async () => {
    const checkout = makeFolder();
    const first = await prepareFixtureStack(checkout, { stateDir: join(checkout, '.tripod') });
    await start(first);
    const second = await prepareFixtureStack(makeFolder(), { port: first.config.port });
    const other = { ...second, dependencies: { ...second.dependencies, checkout } };
    await expect(start(other)).rejects.toThrow(
      `Port ${first.config.port} is already in use, by the lab gallery; stop it with: pnpm stack down --lab gallery, or choose another one with --port.`,
    );
  });

  it('begins to stop when it is asked to by the command down', async () => {
    const { ask, stopRequests } = await start(await prepareFixtureStack(makeFolder()));
    expect(await ask({ command: 'down' })).toEqual({ pid: process.pid });
    expect(stopRequests).toEqual(['stop']);
  });

  it('refuses a second start in the same folder and says what already runs', async () => {
    const folder = makeFolder();
    const first = await prepareFixtureStack(folder);
    await start(first);
    const second = await prepareFixtureStack(folder);
    await expect(start(second)).rejects.toThrow(
      `Tripod already runs here, as process ${process.pid}, at http://127.0.0.1:${first.config.port} with 2 copies of api; stop it with`,
    );
  });

  it.each([
    ['port', '--port'],
    ['staticPort', '--static-port'],
    ['adminPort', '--admin-port'],
  ] as const)('is not started when %s is in use, and the error names its flag', async (setting, flag) => {
    const fixture = await prepareFixtureStack(makeFolder());
    const taken = await listen(createServer(), { host: '127.0.0.1', port: fixture.config[setting] });
    try {
      await expect(start(fixture)).rejects.toThrow(
        `Port ${taken.port} is already in use; end what uses it, or choose another one with ${flag}.`,
      );
    } finally {
      await taken.close();
    }
    expect(fixture.shown).toEqual([]);
  });

  it('is not started when there is no folder to serve', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), { assets: '/nowhere/at/all' });
    await expect(start(fixture)).rejects.toThrow('--assets must name a folder, and names /nowhere/at/all');
  });

  it('is not started with nginx and a policy that nginx does not have', async () => {
    const change = { proxy: 'nginx', policy: 'ip-hash' } as const;
    await expect(start(await prepareFixtureStack(makeFolder(), change))).rejects.toThrow(
      '--policy is for our own proxy; with --proxy nginx it must be round-robin, as in config/nginx.conf',
    );
  });

  it('stops everything when one service cannot start, and reports why', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), {}, fixtureServices('exit'));
    await expect(start(fixture)).rejects.toThrow(
      /api-\d did not start \(exit code 1\): service: it cannot be done\./,
    );
    const again = { ...fixture, dependencies: { ...fixture.dependencies, services: fixtureServices() } };
    expect((await (await start(again)).report()).processes).toHaveLength(4);
  });

  it('ends its start when it is stopped meanwhile', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), {}, fixtureServices('mute'));
    const { config, dependencies } = fixture;
    let running: RunningStack | undefined;
    const onStack = (one: RunningStack): void => {
      running = one;
    };
    const starting = startStack(startOptions(fixture, { onStack }));
    starting.catch(() => undefined);
    await waitFor(
      'the start',
      () => running?.stack.supervisor.findProcess('api-1')?.process.state === 'starting',
    );
    const { socketPath } = locateState(config.stateDir, dependencies.userId);
    await expect(
      askStack({ command: 'scale', name: 'api', count: 3 }, { socketPath, startCommand: '' }),
    ).rejects.toThrow('The stack is still starting; try again in a moment.');
    await running?.stop();
    await expect(starting).rejects.toThrow(/was stopped before it was ready|is stopping/);
    expect(running?.stack.supervisor.processes.filter(({ pid }) => pid !== undefined)).toEqual([]);
  });

  it('keeps the output of its services in log files', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    const { running } = await start(fixture);
    await running.stop();
    expect(readFileSync(join(fixture.config.stateDir, 'logs/api-1.log'), 'utf8')).toBe(
      'name: api-1, PORT: none\n',
    );
  });

  it.each([
    [{ allLines: false }, 'text', ['proxy']],
    [{ allLines: true }, 'text', ['proxy', 'api-1']],
    [{ allLines: false }, 'json', ['proxy', 'api-1']],
  ] as const)('with %j shows in %s the request lines of %j', async (change, format, names) => {
    const fixture = await prepareFixtureStack(makeFolder(), { copies: 1, ...change });
    const lineFormat = { format, colour: false } as const;
    await start({ ...fixture, dependencies: { ...fixture.dependencies, lineFormat } });
    const { port, apiPort, stateDir } = fixture.config;
    await fetch(`http://127.0.0.1:${apiPort}/logged/by-copy`);
    await waitFor('the line in the log of the copy', () =>
      readFileSync(join(stateDir, 'logs/api-1.log'), 'utf8').includes('/logged/by-copy'),
    );
    await fetch(`http://127.0.0.1:${port}/logged/by-proxy`);
    await waitFor('the line of the proxy', () => fixture.shown.join('').includes('/logged/by-proxy'));
    const lines = fixture.shown.filter((line) => line.includes('/logged/'));
    const found = lines.map((line) => /proxy|api-1/.exec(line)?.[0]);
    expect(found.sort()).toEqual([...names].sort());
  });
});
