import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { findProcess, systemProcesses } from '@tripod/shared/os/process-table';
import { waitFor } from '@tripod/testing/wait-for';
import { type ControlGroups, createControlGroups } from '../../src/budget/control-groups.ts';
import { findGroupHierarchy, groupOfProcess, limitFiles, treesOf } from '../../src/budget/group-hierarchy.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { useStacks } from '../support/run-fixture-stack.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const readIfAny = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const hierarchy = findGroupHierarchy(readIfAny('/proc/self/mounts'));
const trees = hierarchy ? treesOf(hierarchy) : [];

const canMakeGroups = (): boolean => {
  try {
    for (const tree of trees) {
      const probe = join(tree, `tripod-probe-${process.pid}`);
      mkdirSync(probe);
      rmdirSync(probe);
    }
    return trees.length > 0;
  } catch {
    return false;
  }
};
const withGroups = canMakeGroups() ? it : it.skip;

const startStack = useStacks();
const makeFolder = useTempFolders();
const top = `tripod-${process.pid}`;
const isRunning = (pid: number): boolean => systemProcesses.commandOf(pid) !== undefined;
const hasLeft = (): boolean => trees.some((tree) => existsSync(join(tree, top)));

const children: ChildProcess[] = [];
let groups: ControlGroups | undefined;
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await groups?.close();
  groups = undefined;
});

const makeGroups = (pid = process.pid): ControlGroups => {
  if (!hierarchy) throw new Error('there are no control groups');
  groups = createControlGroups({
    ...{ hierarchy, pid, isRunning, clock: systemClock },
    total: { cpus: 1, memoryMb: 256 },
  });
  return groups;
};
/** Starts node with a script that waits for a line before it does anything. */
const startNode = (script: string): ChildProcess & { readonly pid: number } => {
  const child = spawn(process.execPath, ['-e', `process.stdin.once('data', () => { ${script} })`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  children.push(child);
  if (child.pid === undefined) throw new Error('node does not start');
  return child as ChildProcess & { readonly pid: number };
};
const groupsOf = (pid: number): readonly string[] => {
  const text = readIfAny(`/proc/${pid}/cgroup`);
  return trees.map((tree) => (hierarchy ? groupOfProcess(text, hierarchy, tree) : ''));
};
const limitsIn = (name: string): readonly string[] =>
  hierarchy
    ? limitFiles(hierarchy, join(top, name), { cpus: 1, memoryMb: 1 }).map(([file]) => readIfAny(file).trim())
    : [];

describe('the control groups of a stack (skipped where this user cannot make control groups)', () => {
  withGroups('slow down a process that uses more CPU than its limit', async () => {
    const child = startNode('for (;;);');
    makeGroups().add('busy', [child.pid], { cpus: 0.1, memoryMb: 128 });
    child.stdin?.write('\n');
    const cpuTree = hierarchy?.version === 1 ? hierarchy.cpu : hierarchy?.root;
    const file = join(cpuTree ?? '', top, 'busy/cpu.stat');
    await waitFor('a period in which it was held back', () => /nr_throttled [1-9]/.test(readIfAny(file)));
    // The kernel adds up the time of a group a moment later.
    await waitFor('the time that it used', () => (groups?.useOf('busy')?.cpuMs ?? 0) > 0);
  });

  withGroups('end a process that uses more memory than its limit', async () => {
    const child = startNode('const kept = []; for (;;) kept.push(Buffer.alloc(1_000_000, 1));');
    makeGroups().add('greedy', [child.pid], { cpus: 1, memoryMb: 128 });
    const ended = once(child, 'exit');
    child.stdin?.write('\n');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  withGroups('give back a process that goes on, and leave no group behind', async () => {
    const child = startNode('');
    const before = groupsOf(child.pid);
    makeGroups().add('guest', [child.pid], { cpus: 1, memoryMb: 128 });
    expect(groupsOf(child.pid)).toEqual(trees.map(() => `/${top}/guest`));
    await groups?.close();
    expect([groupsOf(child.pid), hasLeft()]).toEqual([before, false]);
  });

  withGroups('of a stack that was killed are removed by the next one', async () => {
    const ended = startNode('');
    ended.kill('SIGKILL');
    await once(ended, 'exit');
    for (const tree of trees) mkdirSync(join(tree, `tripod-${ended.pid}`, 'api-1'), { recursive: true });
    makeGroups();
    expect(trees.some((tree) => existsSync(join(tree, `tripod-${ended.pid}`)))).toBe(false);
  });
});

const budget = {
  ...{ cpus: 1.2, memoryMb: 384 },
  shares: { proxy: { cpus: 0.2, memoryMb: 128 }, api: { cpus: 1, memoryMb: 256 } },
};

describe('a stack with a budget', () => {
  const prepare = async () =>
    prepareFixtureStack(makeFolder(), { budget, services: ['proxy', 'api'], copies: 2 });

  withGroups('runs each process in a group with its part of the share, and removes the groups', async () => {
    const fixture = await prepare();
    const dependencies = { ...fixture.dependencies, groupHierarchy: hierarchy };
    const { running, ask, report } = await startStack({ ...fixture, dependencies });
    const find = async (name: string) => (await report()).processes.find((one) => one.name === name);
    const limits = { cpus: 0.5, memoryMb: 128 };
    const first = await find('api-1');
    expect(first?.budget).toMatchObject({ limits, memoryBytes: expect.any(Number) });
    expect(groupsOf(first?.pid ?? 0)).toEqual(trees.map(() => `/${top}/api-1`));
    expect(limitsIn('api-1')).toEqual(
      hierarchy?.version === 1 ? ['20000', '10000', '134217728'] : ['10000 20000', '134217728'],
    );
    await ask({ command: 'kill', name: 'api-1' });
    const again = await find('api-1');
    expect(again?.pid).not.toBe(first?.pid);
    expect(groupsOf(again?.pid ?? 0)).toEqual(trees.map(() => `/${top}/api-1`));
    await ask({ command: 'scale', name: 'api', count: 1 });
    expect(trees.some((tree) => existsSync(join(tree, top, 'api-2')))).toBe(false);
    await running.stop();
    expect(hasLeft()).toBe(false);
  });

  it('says in one line that it is not enforced, and limits the heaps of Node alone', async () => {
    const fixture = await prepare();
    const { report } = await startStack(fixture);
    expect(fixture.shown.filter((line) => line.includes('is not enforced'))).toEqual([
      expect.stringContaining(
        'the budget of 1.2 CPUs and 384 MB is not enforced, because this system has no control groups for CPUs and memory; only the heaps of Node keep to it',
      ),
    ]);
    const { processes } = await report();
    const options = processes.map(
      ({ pid = 0 }) => /--max-old-space-size=\d+/.exec(findProcess(pid)?.command ?? '')?.[0],
    );
    expect(options).toEqual([
      '--max-old-space-size=48',
      '--max-old-space-size=48',
      '--max-old-space-size=48',
    ]);
    expect(processes.map((row) => row.budget)).toEqual([undefined, undefined, undefined]);
  });
});
