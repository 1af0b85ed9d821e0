import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import type { Share } from './budget.ts';
import type { ControlGroups } from './control-groups.ts';

/** What a process uses at this moment, and what it may use. */
export type MeasuredUse = { readonly cpus: number; readonly memoryBytes: number; readonly limits: Share };

const intervalMs = 200;

/** Measures the use of these groups over 200 ms. Groups that do not exist are left out. */
export const measureUse = async (
  groups: ControlGroups,
  names: readonly string[],
  clock: Clock,
): Promise<ReadonlyMap<string, MeasuredUse>> => {
  const readAll = () => new Map(names.map((name) => [name, groups.useOf(name)]));
  const startMs = clock.monotonicMs();
  const before = readAll();
  await pause(clock, intervalMs);
  const elapsedMs = Math.max(1, clock.monotonicMs() - startMs);
  const measured = new Map<string, MeasuredUse>();
  for (const [name, after] of readAll()) {
    const limits = groups.limitsOf(name);
    if (!after || !limits) continue;
    const usedMs = Math.max(0, after.cpuMs - (before.get(name)?.cpuMs ?? after.cpuMs));
    measured.set(name, { cpus: usedMs / elapsedMs, memoryBytes: after.memoryBytes, limits });
  }
  return measured;
};
