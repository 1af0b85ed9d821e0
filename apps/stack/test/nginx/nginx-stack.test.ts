import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { waitFor } from '@tripod/testing/wait-for';
import { createOperations } from '../../src/operations.ts';
import { type RunningStack, startStack } from '../../src/start-stack.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { installedNginx } from '../support/installed-nginx.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const withNginx = installedNginx() ? it : it.skip;
const started: RunningStack[] = [];
const alone: ChildProcess[] = [];
afterEach(async () => {
  for (const running of started.splice(0)) await running.stop();
  for (const child of alone.splice(0)) child.kill();
});
// After the hook above: hooks run in this order, and the folders must outlive what uses them.
const makeFolder = useTempFolders();

const start = async () => {
  const { config, dependencies, shown } = await prepareFixtureStack(makeFolder(), { proxy: 'nginx' });
  const onStack = (one: RunningStack): void => void started.push(one);
  const { stack } = await startStack({ config, dependencies, onDown: () => undefined, onStack });
  const url = `http://127.0.0.1:${config.port}`;
  /** Which copies answer, by their process ids. */
  const answering = async (): Promise<readonly string[]> => {
    const pids = new Set<string>();
    for (let request = 0; request < 8; request += 1) {
      pids.add(await (await fetch(`${url}/api/`, { headers: { Connection: 'close' } })).text());
    }
    return [...pids].sort();
  };
  const pids = (): readonly string[] => stack.copies.all.map(({ pid }) => `${pid}`).sort();
  const operate = createOperations({ stack, dependencies, onDown: () => undefined });
  return {
    stack,
    dependencies,
    config,
    shown,
    url,
    answering,
    pids,
    operate: (request: Parameters<typeof operate>[0]) => operate(request, () => undefined),
  };
};

/** An nginx with the configuration of that stack, of which no guard knows. Returns its process id. */
const startNginxAlone = async (stateDir: string): Promise<number> => {
  const file = join(realpathSync(stateDir), 'nginx/nginx.conf');
  const child = spawn(installedNginx() ?? '', ['-e', 'stderr', '-c', file], {
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  alone.push(child);
  const pidFile = join(stateDir, 'nginx/nginx.pid');
  await waitFor('its pid file', () => existsSync(pidFile) && Number(readFileSync(pidFile)) === child.pid);
  return child.pid ?? Number.NaN;
};

describe('a stack with nginx in front (skipped where nginx is missing)', () => {
  withNginx('balances over the copies, and keeps nginx’s access log', async () => {
    const { answering, pids, shown, url } = await start();
    expect(await answering()).toEqual(pids());
    await waitFor('the line', () => shown.some((line) => /"name":"proxy".*GET \/api\/ HTTP/.test(line)));
    expect((await fetch(`${url}/livez`)).status).toBe(404);
  });

  withNginx('is called proxy in every line, from its first to its last', async () => {
    const { shown, url } = await start();
    for (const running of started.splice(0)) await running.stop();
    const lines = shown.map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ name: 'proxy', message: 'proxy listens', url }));
    expect(lines).toContainEqual(expect.objectContaining({ name: 'proxy', message: 'stopped' }));
    expect(shown.join('')).not.toContain('nginx-guard');
  });

  withNginx('moves copies in and out', async () => {
    const { answering, pids, operate, url } = await start();
    await operate({ command: 'scale', count: 3 });
    expect(await answering()).toEqual(pids());
    await operate({ command: 'scale', count: 1 });
    expect(await answering()).toEqual(pids());
    await operate({ command: 'scale', count: 0 });
    expect((await fetch(`${url}/api/`)).status).toBe(502);
  });

  withNginx('starts nginx again when its guard or itself is killed', async () => {
    const { stack, answering, pids, operate } = await start();
    const guard = stack.proxy.pid ?? Number.NaN;
    const [master = 0] = systemProcesses.childrenOf(guard);
    process.kill(guard, 'SIGKILL');
    await waitFor('another guard', () => stack.proxy.state === 'ready' && stack.proxy.pid !== guard);
    expect(systemProcesses.commandOf(master)).toBeUndefined();
    expect(await answering()).toEqual(pids());
    const [second = Number.NaN] = systemProcesses.childrenOf(stack.proxy.pid ?? 0);
    process.kill(second, 'SIGKILL');
    await waitFor('nginx again', () => stack.proxy.restarts === 2 && stack.proxy.state === 'ready');
    expect(await answering()).toEqual(pids());
    await operate({ command: 'kill', name: 'proxy' });
    expect(await answering()).toEqual(pids());
  });

  withNginx('ends an nginx that lost both its guard and its stack at the next start', async () => {
    const { stack, config, dependencies } = await start();
    await stack.stop();
    const left = await startNginxAlone(config.stateDir);
    for (const running of started.splice(0)) await running.stop();
    expect(systemProcesses.commandOf(left)).toBeDefined();
    const again = await startStack({
      config: { ...config, proxy: 'http-proxy' },
      dependencies,
      onDown: () => undefined,
      onStack: (one) => void started.push(one),
    });
    expect(systemProcesses.commandOf(left)).toBeUndefined();
    expect(again.stack.proxy.state).toBe('ready');
  });

  withNginx('leaves no nginx behind', async () => {
    const { stack, config } = await start();
    const masters = systemProcesses.childrenOf(stack.proxy.pid ?? 0);
    const workers = masters.flatMap((pid) => systemProcesses.childrenOf(pid));
    expect(workers.length).toBeGreaterThan(0);
    for (const running of started.splice(0)) await running.stop();
    expect([...masters, ...workers].filter((pid) => systemProcesses.commandOf(pid) !== undefined)).toEqual(
      [],
    );
    expect(existsSync(join(config.stateDir, 'nginx/nginx.pid'))).toBe(false);
  });
});
