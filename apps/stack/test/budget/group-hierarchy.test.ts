import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { createControlGroups } from '../../src/budget/control-groups.ts';
import { findGroupHierarchy, groupOfProcess, readGroupUse } from '../../src/budget/group-hierarchy.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();
const total = { cpus: 1.5, memoryMb: 64 };

/** A folder with the files of the root of version 2. */
const makeUnified = (): string => {
  const root = makeFolder();
  writeFileSync(join(root, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
  writeFileSync(join(root, 'cgroup.subtree_control'), 'memory pids\n');
  return root;
};

describe('the control groups of a machine', () => {
  it('are one tree in version 2 and one for each controller in version 1', () => {
    const root = makeUnified();
    expect(findGroupHierarchy(`cgroup2 ${root} cgroup2 rw 0 0`)).toEqual({ version: 2, root });
    const mounts = [
      'cgroup /c/cpu cgroup rw,relatime,cpu,cpuacct 0 0',
      'cgroup /c/memory cgroup rw,memory 0 0',
      `cgroup2 ${makeFolder()} cgroup2 rw 0 0`,
    ];
    const hierarchy = { version: 1, cpu: '/c/cpu', cpuTime: '/c/cpu', memory: '/c/memory' };
    expect(findGroupHierarchy(mounts.join('\n'))).toEqual(hierarchy);
    expect(findGroupHierarchy(mounts[0] ?? '')).toBeUndefined();
    expect(findGroupHierarchy('')).toBeUndefined();
  });

  it('are found for a process by its tree', () => {
    const text = '4:memory:/a/b\n2:cpu,cpuacct:/c\n0::/d\n';
    const version1 = { version: 1, cpu: '/cpu', cpuTime: '/cpu', memory: '/memory' } as const;
    expect(groupOfProcess(text, version1, '/memory')).toBe('/a/b');
    expect(groupOfProcess(text, version1, '/cpu')).toBe('/c');
    expect(groupOfProcess(text, { version: 2, root: '/root' }, '/root')).toBe('/d');
    expect(groupOfProcess('', version1, '/cpu')).toBe('/');
  });

  it('have the files of version 2 (in an ordinary folder: a kernel has its controllers in one version alone)', () => {
    const root = makeUnified();
    // A kernel makes these files with the folder.
    const top = join(root, 'tripod-77');
    mkdirSync(join(top, 'api-1'), { recursive: true });
    writeFileSync(join(top, 'cgroup.subtree_control'), '');
    writeFileSync(join(top, 'api-1/cpu.max.burst'), '0');
    const hierarchy = { version: 2, root } as const;
    const isRunning = () => true;
    const groups = createControlGroups({ hierarchy, pid: 77, total, isRunning, clock: systemClock });
    groups.add('api-1', [process.pid], { cpus: 0.5, memoryMb: 32 });
    const read = (file: string) => readFileSync(join(root, file), 'utf8');
    expect(read('cgroup.subtree_control')).toBe('+cpu');
    expect(read('tripod-77/cgroup.subtree_control')).toBe('+cpu +memory');
    expect([read('tripod-77/cpu.max'), read('tripod-77/memory.max')]).toEqual(['30000 20000', '67108864']);
    expect([read('tripod-77/api-1/cpu.max'), read('tripod-77/api-1/cgroup.procs')]).toEqual([
      '10000 20000',
      `${process.pid}`,
    ]);
    expect(read('tripod-77/api-1/cpu.max.burst')).toBe('10000');
    writeFileSync(join(top, 'api-1/cpu.stat'), 'usage_usec 2500\nuser_usec 2000\n');
    writeFileSync(join(top, 'api-1/memory.current'), '4096\n');
    expect(readGroupUse(hierarchy, 'tripod-77/api-1')).toEqual({ cpuMs: 2.5, memoryBytes: 4096 });
  });
});
