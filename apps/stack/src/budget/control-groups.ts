import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import type { Share } from './budget.ts';
import {
  burstFile,
  type GroupHierarchy,
  type GroupUse,
  groupOfProcess,
  limitFiles,
  readGroupUse,
  treesOf,
} from './group-hierarchy.ts';

/** Control groups of a stack: one for the whole of it, and in it one for each process. */
export type ControlGroups = {
  /** Puts processes into the group NAME, which gets these limits. Processes that have ended are left out. */
  add(name: string, pids: readonly number[], limits: Share): void;
  /** The limits of the group. Undefined when there is none. */
  limitsOf(name: string): Share | undefined;
  /** What the group has used since it was made. Undefined when there is none. */
  useOf(name: string): GroupUse | undefined;
  /** Removes a group that has no processes any more; one that still has some is removed by `close`. */
  remove(name: string): void;
  /** Puts the processes that are left back where they came from, and removes all groups. */
  close(): Promise<void>;
};

export type ControlGroupsOptions = {
  readonly hierarchy: GroupHierarchy;
  /** The process id of the stack, which is part of the name of its group. */
  readonly pid: number;
  readonly total: Share;
  readonly isRunning: (pid: number) => boolean;
  readonly clock: Clock;
};

const prefix = 'tripod-';
const pollMs = 20;
/** The kernel removes an ended process from its group a moment later. */
const maxRemoveMs = 2000;

const tryRemove = (dir: string): boolean => {
  try {
    rmdirSync(dir);
    return true;
  } catch {
    return !existsSync(dir);
  }
};

/** The groups inside a group are its folders. */
const groupsIn = (dir: string): readonly string[] =>
  existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []))
    : [];

/** Removes what killed stacks have left behind. Groups with processes stay. */
const removeLeftovers = (tree: string, isRunning: (pid: number) => boolean): void => {
  for (const name of groupsIn(tree)) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (!Number.isInteger(pid) || isRunning(pid)) continue;
    for (const inner of groupsIn(join(tree, name))) tryRemove(join(tree, name, inner));
    tryRemove(join(tree, name));
  }
};

/** In version 2 a group has the controllers that its parent passes on. */
const passOnControllers = (dir: string): void => {
  const file = join(dir, 'cgroup.subtree_control');
  const passed = readFileSync(file, 'utf8').split(/\s+/);
  const missing = ['cpu', 'memory'].filter((name) => !passed.includes(name));
  if (missing.length > 0) writeFileSync(file, missing.map((name) => `+${name}`).join(' '));
};

const writeLimits = (hierarchy: GroupHierarchy, group: string, limits: Share): void => {
  for (const [file, text] of limitFiles(hierarchy, group, limits)) writeFileSync(file, text);
};

const findCgroupText = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return undefined;
  }
};

const movePid = (pid: number, dir: string): void => {
  try {
    writeFileSync(join(dir, 'cgroup.procs'), `${pid}`);
  } catch (error) {
    // It has ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/**
 * Creates the group of a stack with its limits, below the roots of the hierarchies. Throws the error of the system when
 * this user may not; nothing is left then.
 */
export const createControlGroups = (options: ControlGroupsOptions): ControlGroups => {
  const { hierarchy, pid: ownPid, total, isRunning, clock } = options;
  const trees = treesOf(hierarchy);
  const top = `${prefix}${ownPid}`;
  const limitsOf = new Map<string, Share>();
  /** For each process in a group NAME the groups that it came from, by tree. */
  const origins = new Map<string, Map<number, ReadonlyMap<string, string>>>();

  const close = async (): Promise<void> => {
    for (const tree of trees) {
      for (const name of groupsIn(join(tree, top))) {
        const procs = readFileSync(join(tree, top, name, 'cgroup.procs'), 'utf8');
        for (const pid of procs.split('\n').filter(Boolean).map(Number)) {
          const origin = join(tree, origins.get(name)?.get(pid)?.get(tree) ?? '/');
          movePid(pid, existsSync(origin) ? origin : tree);
        }
      }
    }
    const removeAll = (): boolean =>
      trees.every(
        (tree) =>
          groupsIn(join(tree, top)).every((name) => tryRemove(join(tree, top, name))) &&
          tryRemove(join(tree, top)),
      );
    const deadlineMs = clock.monotonicMs() + maxRemoveMs;
    while (!removeAll() && clock.monotonicMs() < deadlineMs) await pause(clock, pollMs);
  };

  for (const tree of trees) removeLeftovers(tree, isRunning);
  try {
    if (hierarchy.version === 2) passOnControllers(hierarchy.root);
    for (const tree of trees) mkdirSync(join(tree, top), { recursive: true });
    if (hierarchy.version === 2) passOnControllers(join(hierarchy.root, top));
    writeLimits(hierarchy, top, total);
  } catch (error) {
    for (const tree of trees) tryRemove(join(tree, top));
    throw error;
  }

  return {
    add(name, pids, limits) {
      const group = join(top, name);
      for (const tree of trees) mkdirSync(join(tree, group), { recursive: true });
      writeLimits(hierarchy, group, limits);
      const [burst, text] = burstFile(hierarchy, group, limits);
      if (existsSync(burst)) writeFileSync(burst, text);
      limitsOf.set(name, limits);
      const ofGroup = origins.get(name) ?? new Map<number, ReadonlyMap<string, string>>();
      origins.set(name, ofGroup);
      for (const pid of pids) {
        const text = findCgroupText(pid);
        if (text === undefined) continue;
        ofGroup.set(pid, new Map(trees.map((tree) => [tree, groupOfProcess(text, hierarchy, tree)])));
        for (const tree of trees) movePid(pid, join(tree, group));
      }
    },
    limitsOf: (name) => limitsOf.get(name),
    useOf: (name) => readGroupUse(hierarchy, join(top, name)),
    remove(name) {
      limitsOf.delete(name);
      origins.delete(name);
      for (const tree of trees) tryRemove(join(tree, top, name));
    },
    close,
  };
};
