import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { waitFor } from '@tripod/testing/wait-for';
import { writeStackState } from '../../src/control/state-file.ts';
import { locateState } from '../../src/control/state-folder.ts';
import { type ConfigChange, prepareFixtureStack } from '../support/fixture-stack.ts';
import { useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const withNginx = findInstalledNginx() ? it : it.skip;
const alone: ChildProcess[] = [];
afterEach(() => {
  for (const child of alone.splice(0)) child.kill();
});
const startFixture = useStacks();
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const start = async (change: ConfigChange = {}) => {
  const fixture = await prepareFixtureStack(makeFolder(), { proxy: 'nginx', ...change });
  const { config, dependencies, shown } = fixture;
  const { running, ask } = await startFixture(fixture);
  const { supervisor } = running.stack;
  const url = `http://127.0.0.1:${config.port}`;
  /** The process ids of the copies that answer. */
  const answering = async (): Promise<readonly string[]> => {
    const pids = new Set<string>();
    for (let request = 0; request < 8; request += 1) {
      pids.add(await (await fetch(`${url}/api/`, { headers: { Connection: 'close' } })).text());
    }
    return [...pids].sort();
  };
  const pids = (): readonly string[] =>
    (supervisor.findGroup('api')?.processes ?? []).map(({ pid }) => `${pid}`).sort();
  const nginx = supervisor.findProcess('nginx')?.process;
  if (!nginx) throw new Error('there is no nginx');
  return { running, nginx, dependencies, config, shown, url, answering, pids, ask };
};

/** Starts nginx with the configuration of that stack, outside the stack. Returns its process id. */
const startNginxAlone = async (stateDir: string): Promise<number> => {
  const file = join(realpathSync(stateDir), 'nginx/nginx.conf');
  const child = spawn(findInstalledNginx() ?? '', ['-e', 'stderr', '-c', file], {
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  alone.push(child);
  const pidFile = join(stateDir, 'nginx/nginx.pid');
  await waitFor('its pid file', () => existsSync(pidFile) && Number(readFileSync(pidFile)) === child.pid);
  return child.pid ?? Number.NaN;
};

describe('a stack with nginx as its load balancer (skipped where nginx is missing)', () => {
  withNginx('balances over the copies and collects the access log of nginx', async () => {
    const { answering, pids, shown, url } = await start();
    expect(await answering()).toEqual(pids());
    await waitFor('the line', () => shown.some((line) => /"name":"nginx".*GET \/api\/ HTTP/.test(line)));
    expect((await fetch(`${url}/livez`)).status).toBe(404);
  });

  withNginx('sends an exact path, and no path below it, to its pool', async () => {
    const routes = [
      { exact: '/set', pool: 'api' },
      { prefix: '/', pool: 'static' },
    ];
    const { url, pids } = await start({ routes });
    const answerOf = async (path: string) => (await fetch(`${url}${path}`)).text();
    expect(pids()).toContain(await answerOf('/set?key=a'));
    expect(pids()).not.toContain(await answerOf('/set/'));
    expect(pids()).not.toContain(await answerOf('/setting'));
  });

  withNginx('reads a changed configuration by new workers', async () => {
    const { nginx, ask, answering, pids } = await start();
    const workers = systemProcesses.childrenOf(nginx.pid ?? 0);
    await ask({ command: 'reload', name: 'nginx' });
    const hasNew = systemProcesses.childrenOf(nginx.pid ?? 0).some((pid) => !workers.includes(pid));
    expect([nginx.state, nginx.restarts, hasNew]).toEqual(['ready', 0, true]);
    expect(await answering()).toEqual(pids());
  });

  withNginx('sends requests to added copies and none to removed ones', async () => {
    const { answering, pids, ask, url } = await start();
    await ask({ command: 'scale', name: 'api', count: 3 });
    expect(await answering()).toEqual(pids());
    await ask({ command: 'scale', name: 'api', count: 1 });
    expect(await answering()).toEqual(pids());
    await ask({ command: 'scale', name: 'api', count: 0 });
    expect((await fetch(`${url}/api/`)).status).toBe(502);
  });

  withNginx(
    'starts nginx again when its master process is killed, without leaving workers behind',
    async () => {
      const { nginx, answering, pids, ask } = await start();
      const master = nginx.pid ?? Number.NaN;
      const workers = systemProcesses.childrenOf(master);
      process.kill(master, 'SIGKILL');
      await waitFor('another nginx', () => nginx.state === 'ready' && nginx.pid !== master);
      expect(workers.filter((pid) => systemProcesses.commandOf(pid) !== undefined)).toEqual([]);
      expect(await answering()).toEqual(pids());
      await ask({ command: 'kill', name: 'nginx' });
      expect(await answering()).toEqual(pids());
    },
  );

  withNginx('ends an nginx that a killed stack has left at the next start', async () => {
    const { running, config, dependencies } = await start();
    const file = join(realpathSync(config.stateDir), 'nginx/nginx.conf');
    await running.stop();
    const left = await startNginxAlone(config.stateDir);
    const started = systemProcesses.startOf(left) ?? '';
    const leftover = { name: 'nginx', pid: left, start: started, port: config.port, marks: ['nginx', file] };
    const { stateFile } = locateState(config.stateDir, dependencies.userId);
    const state = { pid: 1, url: '', proxy: 'nginx', startedAt: '', processes: [leftover] };
    writeStackState(stateFile, state);
    const again = await startFixture({ config: { ...config, proxy: 'http-proxy' }, dependencies, shown: [] });
    expect(systemProcesses.commandOf(left)).toBeUndefined();
    expect(again.running.stack.supervisor.findProcess('proxy')?.process.state).toBe('ready');
  });

  withNginx('leaves no nginx behind when it stops', async () => {
    const { running, nginx, config } = await start();
    const master = nginx.pid ?? Number.NaN;
    const workers = systemProcesses.childrenOf(master);
    expect(workers.length).toBeGreaterThan(0);
    await running.stop();
    expect([master, ...workers].filter((pid) => systemProcesses.commandOf(pid) !== undefined)).toEqual([]);
    expect(existsSync(join(config.stateDir, 'nginx/nginx.pid'))).toBe(false);
  });
});
