import type { Budget } from './budget.ts';
import { type ControlGroups, type ControlGroupsOptions, createControlGroups } from './control-groups.ts';
import type { GroupHierarchy } from './group-hierarchy.ts';

export type EnforceBudgetOptions = Omit<ControlGroupsOptions, 'hierarchy' | 'total'> & {
  /** Undefined for a machine without control groups. */
  readonly hierarchy: GroupHierarchy | undefined;
  /** Receives one sentence when the limits cannot be set. */
  readonly onNotEnforced: (message: string) => void;
};

/** Creates the control groups of a budget. Undefined where they cannot be made, which is reported in one sentence. */
export const enforceBudget = (
  { cpus, memoryMb }: Budget,
  { hierarchy, onNotEnforced, ...options }: EnforceBudgetOptions,
): ControlGroups | undefined => {
  const report = (reason: string): undefined => {
    onNotEnforced(
      `the budget of ${cpus} CPUs and ${memoryMb} MB is not enforced, because ${reason}; only the heaps of Node keep to it`,
    );
  };
  if (!hierarchy) return report('this system has no control groups for CPUs and memory');
  try {
    return createControlGroups({ ...options, hierarchy, total: { cpus, memoryMb } });
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return report(
      `control groups cannot be made here (${code}); it needs root and a writable /sys/fs/cgroup`,
    );
  }
};
