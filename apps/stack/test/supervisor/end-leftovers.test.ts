import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { freePort } from '@tripod/testing/free-port';
import { endLeftovers } from '../../src/supervisor/end-leftovers.ts';

const file = join(import.meta.dirname, '../fixtures/service.ts');
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const startLeftover = async () => {
  const port = await freePort();
  const child = spawn(process.execPath, [file, '--port', `${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  const start = systemProcesses.startOf(pid) ?? '';
  return { child, leftover: { name: 'api-1', pid, start, port, marks: [file, `--port ${port}`] } };
};
const dependencies = { table: systemProcesses, clock: systemClock };

describe('ending leftover processes', () => {
  it('ends a process that is still running', async () => {
    const { child, leftover } = await startLeftover();
    expect(await endLeftovers([leftover], { ...dependencies, graceMs: 60_000 })).toEqual([leftover]);
    expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGTERM');
  });

  it('kills a process that hangs', async () => {
    const { child, leftover } = await startLeftover();
    child.kill('SIGSTOP');
    await endLeftovers([leftover], { ...dependencies, graceMs: 100 });
    expect(child.signalCode ?? (await once(child, 'exit'))[1]).toBe('SIGKILL');
  });

  it.each([
    ['another command line', { marks: [file, '--port 1'] }],
    ['another start', { start: '1' }],
    ['no mark to recognize it by', { marks: [] }],
  ])('leaves a process alone that has the process id and %s', async (_what, change) => {
    const { child, leftover } = await startLeftover();
    expect(await endLeftovers([{ ...leftover, ...change }], dependencies)).toEqual([]);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('does nothing for a process that has ended', async () => {
    const { child, leftover } = await startLeftover();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await endLeftovers([leftover], dependencies)).toEqual([]);
  });
});
