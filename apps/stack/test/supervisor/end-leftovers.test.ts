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
  return { child, leftover: { name: 'api-1', pid: child.pid ?? 0, port, marks: [file, `--port ${port}`] } };
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

  it('leaves another program alone that has been given the process id', async () => {
    const { child, leftover } = await startLeftover();
    expect(await endLeftovers([{ ...leftover, marks: [file, '--port 1'] }], dependencies)).toEqual([]);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('does nothing for a process that has ended', async () => {
    const { child, leftover } = await startLeftover();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await endLeftovers([leftover], dependencies)).toEqual([]);
  });
});
