import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { Cores, Run } from './definition/run.ts';
import { endOnSignal } from './machine/end-on-signal.ts';
import { type Measured, type MeasureOptions, measureRun } from './measure/measure-run.ts';

export type RunInPlaceOptions = Omit<MeasureOptions, 'place'> & {
  readonly cores: Cores;
  readonly checkout: string;
};

/** Runs a benchmark in a temporary folder, and leaves neither processes nor files behind, also on Ctrl-C. */
export const runInPlace = async (run: Run, options: RunInPlaceOptions): Promise<Measured> => {
  const { cores, checkout, ...rest } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tripod-bench-'));
  const stack = createShutdownStack();
  stack.push('folder', () => rmSync(folder, { recursive: true, force: true }));
  const place = { cores, folder, checkout, stack };
  return endOnSignal(stack, () => measureRun(run, { ...rest, place }));
};
