import { readFileSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { waitFor } from '@tripod/testing/wait-for';
import { askStack } from '../src/control/control-client.ts';
import type { ControlRequest, StackReport } from '../src/control/protocol.ts';
import { locateState } from '../src/control/state-folder.ts';
import { createOperations } from '../src/operations.ts';
import { type RunningStack, startStack } from '../src/start-stack.ts';
import { fixtureCommands } from './support/fixture-commands.ts';
import { type FixtureStack, prepareFixtureStack } from './support/fixture-stack.ts';
import { useTempFolders } from './support/temp-folder.ts';

const started: RunningStack[] = [];
afterEach(async () => {
  for (const running of started.splice(0)) await running.stop();
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const start = async (fixture: FixtureStack) => {
  const downs: string[] = [];
  const { config, dependencies } = fixture;
  const running = await startStack({
    config,
    dependencies,
    onDown: () => void downs.push('down'),
    onStack: (one) => void started.push(one),
  });
  const { socketPath } = locateState(config.stateDir, dependencies.userId);
  const progress: string[] = [];
  const ask = (request: ControlRequest): Promise<unknown> =>
    askStack(request, {
      socketPath,
      startCommand: 'pnpm dev',
      onProgress: (line) => void progress.push(line),
    });
  const report = async () => (await ask({ command: 'ps' })) as StackReport;
  const upstreams = async () => {
    const response = await fetch(`http://127.0.0.1:${config.adminPort}/pools`);
    const [pool] = (await response.json()) as { upstreams: { id: string; draining: boolean }[] }[];
    return (pool?.upstreams ?? []).map(({ id, draining }) => (draining ? `${id} draining` : id));
  };
  return { running, ask, report, upstreams, progress, downs };
};
const pidsOf = ({ processes }: StackReport): readonly number[] => processes.flatMap(({ pid }) => pid ?? []);

describe('startStack', () => {
  it('starts every service, and tells the proxy of the copies', async () => {
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

  it('reports why a copy that runs is not ready', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), { copies: 1 }, fixtureCommands('unready'));
    const { report } = await start(fixture);
    const find = async () => (await report()).processes.find(({ name }) => name === 'api-1');
    // A copy is waited for 1 s at most, which may be too short for a busy machine.
    const told = await waitFor('its reason', async () => {
      const copy = await find();
      return copy?.reason === 'no answer to /readyz' ? undefined : copy;
    });
    expect(told).toMatchObject({ state: 'not ready', reason: 'database: connection refused' });
  });

  it('lets nothing of the environment into the services', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    await start(fixture);
    const said = '"name: api-1, PORT: none"';
    await waitFor('what the copy says', () => fixture.shown.join('').includes(said));
  });

  it('stops every service, and leaves neither a state nor a socket to ask', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    const { running, report, ask } = await start(fixture);
    const pids = pidsOf(await report());
    expect(pids).toHaveLength(4);
    await running.stop();
    expect(pids.filter((pid) => systemProcesses.commandOf(pid) !== undefined)).toEqual([]);
    await expect(ask({ command: 'ps' })).rejects.toThrow('No stack runs here. Start it with: pnpm dev');
  });

  it('scales up and down, and the proxy knows', async () => {
    const { ask, report, upstreams, progress } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'scale', count: 3 });
    expect((await report()).processes.map(({ name }) => name)).toContain('api-3');
    expect(await upstreams()).toHaveLength(3);
    await ask({ command: 'scale', count: 1 });
    expect(await upstreams()).toHaveLength(1);
    expect(progress).toContain('api-3: ready, and gets requests');
    expect(progress.at(-1)).toBe('api-2: removed');
  });

  it('gives every copy a new process in a rolling restart', async () => {
    const { ask, report } = await start(await prepareFixtureStack(makeFolder()));
    const before = pidsOf(await report());
    await ask({ command: 'restart', name: 'api' });
    const after = await report();
    expect(pidsOf(after).filter((pid) => before.includes(pid))).toHaveLength(2);
    expect(after.processes.every(({ state, restarts }) => state === 'ready' && restarts === 0)).toBe(true);
  });

  it('says how to start copies when it is to restart them and none runs', async () => {
    const { ask } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'stop', name: 'api' });
    await expect(ask({ command: 'restart', name: 'api' })).rejects.toThrow(
      'No copy runs; start them with: pnpm stack start api',
    );
    await ask({ command: 'scale', count: 0 });
    for (const command of ['restart', 'start', 'stop'] as const) {
      await expect(ask({ command, name: 'api' })).rejects.toThrow(
        'There is no copy; start some with: pnpm stack scale api=3',
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

  it('starts a killed copy again, and says when it is back', async () => {
    const { ask, report, progress } = await start(await prepareFixtureStack(makeFolder()));
    const before = pidsOf(await report());
    await ask({ command: 'kill', name: 'api-1' });
    expect(progress.at(-1)).toMatch(/^api-1: ready again after \d+ ms, as process \d+$/);
    const after = await report();
    expect(after.processes.find(({ name }) => name === 'api-1')?.restarts).toBe(1);
    expect(pidsOf(after).filter((pid) => !before.includes(pid))).toHaveLength(1);
  });

  it('gives a proxy that died the copies of that moment', async () => {
    const { ask, upstreams } = await start(await prepareFixtureStack(makeFolder()));
    await ask({ command: 'scale', count: 1 });
    await ask({ command: 'kill', name: 'proxy' });
    expect(await upstreams()).toHaveLength(1);
    await ask({ command: 'scale', count: 0 });
    await ask({ command: 'kill', name: 'proxy' });
    await waitFor('the placeholder to be removed', async () => (await upstreams()).length === 0);
  });

  it('names what there is when it is asked for something else', async () => {
    const { ask } = await start(await prepareFixtureStack(makeFolder()));
    await expect(ask({ command: 'stop', name: 'api-9' })).rejects.toThrow(
      'There is no api-9 here; there are proxy, static-server, api-1, api-2.',
    );
  });

  it('says why it kills neither all copies at once nor a database', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    const { running, ask } = await start(fixture);
    await expect(ask({ command: 'kill', name: 'api' })).rejects.toThrow(
      'Only one process is killed at a time; name it, such as: pnpm stack kill api-1',
    );
    await expect(ask({ command: 'kill', name: 'postgres' })).rejects.toThrow(
      'The database is the one of DATABASE_URL, and is not changed from here; what is: proxy, static-server, api-1, api-2.',
    );
    const { databaseUrl: _own, ...config } = fixture.config;
    const stack = new Proxy(running.stack, {
      get: (real, key) => (key === 'config' ? config : Reflect.get(real, key, real)),
    });
    const operate = createOperations({ stack, dependencies: fixture.dependencies, onDown: () => undefined });
    for (const command of ['kill', 'stop', 'start', 'restart'] as const) {
      await expect(operate({ command, name: 'postgres' }, () => undefined)).rejects.toThrow(
        'postgres belongs to its guard, which runs it as long as anyone uses it, and is not changed from here; what is: proxy, static-server, api-1, api-2.',
      );
    }
  });

  it('names another Tripod of this checkout that has the port', async () => {
    const checkout = makeFolder();
    const first = await prepareFixtureStack(checkout, { stateDir: join(checkout, '.tripod') });
    await start(first);
    const second = await prepareFixtureStack(makeFolder(), { port: first.config.port });
    const other = { ...second, dependencies: { ...second.dependencies, checkout } };
    await expect(start(other)).rejects.toThrow(
      `Port ${first.config.port} is already in use, by the Tripod of ${realpathSync(checkout)}/.tripod; stop it with: pnpm stack down, or choose another one with --port.`,
    );
  });

  it('tells its owner when it is asked to go down', async () => {
    const { ask, downs } = await start(await prepareFixtureStack(makeFolder()));
    expect(await ask({ command: 'down' })).toEqual({ pid: process.pid });
    expect(downs).toEqual(['down']);
  });

  it('refuses a second start of the same folder, and says what runs', async () => {
    const folder = makeFolder();
    const first = await prepareFixtureStack(folder);
    await start(first);
    const second = await prepareFixtureStack(folder);
    await expect(start(second)).rejects.toThrow(
      `Tripod already runs here, as process ${process.pid}, at http://127.0.0.1:${first.config.port} with 2 copies`,
    );
  });

  it.each([
    ['port', '--port'],
    ['staticPort', '--static-port'],
    ['adminPort', '--admin-port'],
  ] as const)('names the port and the flag when %s is in use, and starts nothing', async (setting, flag) => {
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

  it('says so when there is no folder to serve', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), { assets: '/nowhere/at/all' });
    await expect(start(fixture)).rejects.toThrow('--assets names no folder: /nowhere/at/all');
  });

  it('refuses a policy with nginx, which has the one of its file', async () => {
    const change = { proxy: 'nginx', policy: 'ip-hash' } as const;
    await expect(start(await prepareFixtureStack(makeFolder(), change))).rejects.toThrow(
      '--policy is for our own proxy: nginx takes round-robin, as config/nginx.conf says',
    );
  });

  it('undoes everything when one service can not start, and says why', async () => {
    const fixture = await prepareFixtureStack(makeFolder(), {}, fixtureCommands('exit'));
    await expect(start(fixture)).rejects.toThrow(
      /api-\d did not start \(exit code 1\): service: it can not be done\./,
    );
    const again = { ...fixture, dependencies: { ...fixture.dependencies, commands: fixtureCommands() } };
    expect((await (await start(again)).report()).processes).toHaveLength(4);
  });

  it('gives up starting when it is stopped meanwhile', async () => {
    const { config, dependencies } = await prepareFixtureStack(makeFolder(), {}, fixtureCommands('mute'));
    let running: RunningStack | undefined;
    const starting = startStack({
      config,
      dependencies,
      onDown: () => undefined,
      onStack: (one) => {
        running = one;
      },
    });
    starting.catch(() => undefined);
    await waitFor('the start', () => running?.stack.copies.all[0]?.state === 'starting');
    const { socketPath } = locateState(config.stateDir, dependencies.userId);
    await expect(askStack({ command: 'scale', count: 3 }, { socketPath, startCommand: '' })).rejects.toThrow(
      'The stack is still starting; try again in a moment.',
    );
    await running?.stop();
    await expect(starting).rejects.toThrow(/was stopped before it served|is stopping/);
    expect(running?.stack.processes.filter(({ pid }) => pid !== undefined)).toEqual([]);
  });

  it('keeps what the services write', async () => {
    const fixture = await prepareFixtureStack(makeFolder());
    const { running } = await start(fixture);
    await running.stop();
    expect(readFileSync(join(fixture.config.stateDir, 'logs/api-1.log'), 'utf8')).toBe(
      'name: api-1, PORT: none\n',
    );
  });
});
