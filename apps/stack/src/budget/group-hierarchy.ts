import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the control groups of this machine are: one tree (version 2), or one for each controller (version 1). */
export type GroupHierarchy =
  | { readonly version: 2; readonly root: string }
  | { readonly version: 1; readonly cpu: string; readonly cpuTime: string; readonly memory: string };

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/**
 * Finds the mounted hierarchies in the text of /proc/self/mounts. Undefined when there is none that limits CPUs and
 * memory, as on systems other than Linux.
 */
export const findGroupHierarchy = (mounts: string): GroupHierarchy | undefined => {
  const all = mounts.split('\n').map((line) => line.split(' '));
  const unified = all.find(([, root = '', type]) => {
    const controllers = type === 'cgroup2' ? readText(join(root, 'cgroup.controllers')).split(/\s+/) : [];
    return controllers.includes('cpu') && controllers.includes('memory');
  });
  if (unified) return { version: 2, root: unified[1] ?? '' };
  const rootOf = (controller: string): string | undefined =>
    all.find(([, , type, options = '']) => type === 'cgroup' && options.split(',').includes(controller))?.[1];
  const [cpu, cpuTime, memory] = [rootOf('cpu'), rootOf('cpuacct'), rootOf('memory')];
  return cpu !== undefined && cpuTime !== undefined && memory !== undefined
    ? { version: 1, cpu, cpuTime, memory }
    : undefined;
};

/** The folders of all trees, each once: version 1 may have two controllers in one. */
export const treesOf = (hierarchy: GroupHierarchy): readonly string[] =>
  hierarchy.version === 2
    ? [hierarchy.root]
    : [...new Set([hierarchy.cpu, hierarchy.cpuTime, hierarchy.memory])];

/**
 * Microseconds. A process that has used up its part of a period waits for the next one: short periods mean short waits.
 */
const periodUs = 20_000;
const leastQuotaUs = 1000;
const mebibyte = 1_048_576;

const quotaUsOf = (cpus: number): number => Math.max(leastQuotaUs, Math.round(cpus * periodUs));

/** The files of a group that hold its limits, with what to write into them, in this order. */
export const limitFiles = (
  hierarchy: GroupHierarchy,
  group: string,
  { cpus, memoryMb }: { readonly cpus: number; readonly memoryMb: number },
): readonly (readonly [file: string, text: string])[] => {
  const quotaUs = quotaUsOf(cpus);
  const memoryBytes = Math.round(memoryMb * mebibyte);
  if (hierarchy.version === 2) {
    const dir = join(hierarchy.root, group);
    return [
      [join(dir, 'cpu.max'), `${quotaUs} ${periodUs}`],
      [join(dir, 'memory.max'), `${memoryBytes}`],
    ];
  }
  return [
    [join(hierarchy.cpu, group, 'cpu.cfs_period_us'), `${periodUs}`],
    [join(hierarchy.cpu, group, 'cpu.cfs_quota_us'), `${quotaUs}`],
    [join(hierarchy.memory, group, 'memory.limit_in_bytes'), `${memoryBytes}`],
  ];
};

/**
 * The file that says how much of its unused time a group may use later, with what to write into it: the time of one period.
 * Work that comes in bursts then waits less, and the limit of the whole stack, which has no such file written, still holds.
 * Kernels before 5.14 do not have it.
 */
export const burstFile = (
  hierarchy: GroupHierarchy,
  group: string,
  { cpus }: { readonly cpus: number },
): readonly [file: string, text: string] => {
  const text = `${quotaUsOf(cpus)}`;
  return hierarchy.version === 2
    ? [join(hierarchy.root, group, 'cpu.max.burst'), text]
    : [join(hierarchy.cpu, group, 'cpu.cfs_burst_us'), text];
};

/** What the processes of a group have used. */
export type GroupUse = { readonly cpuMs: number; readonly memoryBytes: number };

/** Reads the use of a group. Undefined when there is no such group. */
export const readGroupUse = (hierarchy: GroupHierarchy, group: string): GroupUse | undefined => {
  try {
    if (hierarchy.version === 2) {
      const dir = join(hierarchy.root, group);
      const [, usageUs = '0'] = /^usage_usec (\d+)/m.exec(readFileSync(join(dir, 'cpu.stat'), 'utf8')) ?? [];
      const memoryBytes = Number(readFileSync(join(dir, 'memory.current'), 'utf8'));
      return { cpuMs: Number(usageUs) / 1000, memoryBytes };
    }
    const usageNs = Number(readFileSync(join(hierarchy.cpuTime, group, 'cpuacct.usage'), 'utf8'));
    const memoryBytes = Number(readFileSync(join(hierarchy.memory, group, 'memory.usage_in_bytes'), 'utf8'));
    return { cpuMs: usageNs / 1e6, memoryBytes };
  } catch {
    return undefined;
  }
};

/** The group of a process in a tree, from the text of its /proc/PID/cgroup; `/` when it is not known. */
export const groupOfProcess = (text: string, hierarchy: GroupHierarchy, tree: string): string => {
  const lines = text.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line) ?? []);
  const isOfTree = (controllers: string): boolean => {
    if (hierarchy.version === 2) return controllers === '';
    const names = controllers.split(',');
    return (
      (tree === hierarchy.cpu && names.includes('cpu')) ||
      (tree === hierarchy.cpuTime && names.includes('cpuacct')) ||
      (tree === hierarchy.memory && names.includes('memory'))
    );
  };
  return lines.find(([, controllers]) => controllers !== undefined && isOfTree(controllers))?.[2] ?? '/';
};
