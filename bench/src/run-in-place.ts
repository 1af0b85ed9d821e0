import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { Cores } from './machine/cores.ts';
import { type LoadReport, measureRun } from './measure/measure-run.ts';
import type { Run } from './run.ts';

export type RunInPlaceOptions = {
  readonly rounds: number;
  readonly seconds: number;
  readonly cores: Cores;
  readonly checkout: string;
  readonly say: (line: string) => void;
};

/** Runs a benchmark in a folder of its own, and leaves neither processes nor files behind, also on Ctrl-C. */
export const runInPlace = async (run: Run, options: RunInPlaceOptions): Promise<readonly LoadReport[]> => {
  const { rounds, seconds, cores, checkout, say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tripod-bench-'));
  const stack = createShutdownStack();
  stack.push('folder', () => rmSync(folder, { recursive: true, force: true }));
  const endNow = (): void => {
    void stack.unwind().finally(() => process.exit(130));
  };
  process.once('SIGINT', endNow).once('SIGTERM', endNow);
  try {
    const place = { cores, folder, checkout, stack };
    return await measureRun(run, { rounds, seconds, place, onProgress: say });
  } finally {
    process.removeListener('SIGINT', endNow).removeListener('SIGTERM', endNow);
    await stack.unwind();
  }
};
