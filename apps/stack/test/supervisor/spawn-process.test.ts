import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { createSpawnProcess, type Running } from '../../src/supervisor/spawn-process.ts';

const file = join(import.meta.dirname, '../fixtures/service.ts');
const running: Running[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.kill();
    await one.exited;
  }
});

const spawnProcess = createSpawnProcess({
  execPath: process.execPath,
  workingDir: import.meta.dirname,
  signal: (pid, signal) => void process.kill(pid, signal),
  clock: systemClock,
});
const env = { PATH: process.env['PATH'] ?? '' };

const start = async (...args: readonly string[]) => {
  const seen = { ready: false, lines: [] as string[] };
  const port = await freePort();
  const service = spawnProcess({
    command: { type: 'node', file, args: ['--port', `${port}`, ...args] },
    env,
    onReady: () => {
      seen.ready = true;
    },
    onLine: (line) => void seen.lines.push(line),
  });
  running.push(service);
  return { service, seen };
};

describe('a spawned Node command', () => {
  it('reports that it is ready, and passes on what it writes line by line', async () => {
    const { seen } = await start('--name', 'one');
    // Its output and its report arrive over different channels.
    await waitFor('the service', () => seen.ready && seen.lines.length > 0);
    expect(seen).toEqual({ ready: true, lines: ['name: one, PORT: none'] });
  });

  it('stops when it is asked to over its IPC channel', async () => {
    const { service, seen } = await start();
    await waitFor('the service', () => seen.ready);
    service.requestStop({ drainDelayMs: 0 });
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  it('is killed when it ignores the request to stop', async () => {
    const { service, seen } = await start('--mode', 'deaf');
    await waitFor('the service', () => seen.ready);
    service.requestStop({ drainDelayMs: 0 });
    service.kill();
    expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('has passed on its last line when its exit is reported', async () => {
    const { service, seen } = await start('--mode', 'exit');
    expect(await service.exited).toEqual({ code: 1, signal: null });
    expect(seen.lines).toEqual(['service: it cannot be done.']);
  });

  it('can be asked to stop and killed after it has ended', async () => {
    const { service } = await start('--mode', 'exit');
    await service.exited;
    service.requestStop({ drainDelayMs: 0 });
    expect(() => service.kill()).not.toThrow();
  });
});

const startBinary = (file: string, args: readonly string[], stopSignal?: 'SIGINT') => {
  const lines: string[] = [];
  const command = { type: 'binary', file, args, ...(stopSignal ? { stopSignal } : {}) } as const;
  const service = spawnProcess({
    command,
    env,
    onReady: () => undefined,
    onLine: (line) => void lines.push(line),
  });
  running.push(service);
  return { service, lines };
};

describe('a spawned binary', () => {
  it.each([
    [undefined, 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
  ] as const)('with the stop signal %p is stopped by %s', async (stopSignal, signal) => {
    const { service } = startBinary('sleep', ['60'], stopSignal);
    service.requestStop({ drainDelayMs: 0 });
    expect(await service.exited).toEqual({ code: null, signal });
  });

  it('reports why it cannot be started', async () => {
    const { service, lines } = startBinary('/nowhere/at/all', []);
    expect(await service.exited).toEqual({ code: 127, signal: null });
    expect(lines).toEqual(['spawn /nowhere/at/all ENOENT']);
  });

  it('takes its child processes with it when it is killed alone', async () => {
    const { service, lines } = startBinary('sh', ['-c', 'sleep 60 & echo $!; wait']);
    await waitFor('the id of the child process', () => lines.length > 0);
    process.kill(service.pid, 'SIGKILL');
    await service.exited;
    await waitFor('the end of the child', () => systemProcesses.commandOf(Number(lines[0])) === undefined);
  });
});

describe('a spawned process whose supervisor is killed', () => {
  it.each([
    ['binary', 'running', 'sleep 60'],
    ['binary', 'paused', 'sleep 60'],
    ['node', 'running', 'service.ts'],
    ['node', 'paused', 'service.ts'],
  ])('ends: a %s that is %s', async (type, state, command) => {
    const args = [join(import.meta.dirname, '../fixtures/supervisor.ts'), type, `${await freePort()}`, state];
    const supervisor = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(String((await once(supervisor.stdout, 'data'))[0]));
    expect(systemProcesses.commandOf(pid)).toContain(command);
    supervisor.kill('SIGKILL');
    await waitFor('the end of the process', () => systemProcesses.commandOf(pid) === undefined);
  });
});
