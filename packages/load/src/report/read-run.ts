import { readFileSync } from 'node:fs';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { LoadRun } from './load-run.ts';

const isRun = (value: unknown): value is LoadRun => {
  const run = value as Partial<LoadRun> | null;
  return (
    typeof run?.requestsPerSecond === 'number' &&
    typeof run.responseTimeMs === 'object' &&
    typeof run.machine === 'object'
  );
};

/** Reads a file that `--json` has written. Throws a ConfigError for any other. */
export const readRun = (file: string): LoadRun => {
  let run: unknown;
  try {
    run = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ source: `The file ${file}`, problem: `can't be read: ${reason}` }]);
  }
  if (isRun(run)) return run;
  const problem = 'is not a result of load; write one with --json FILE';
  throw new ConfigError([{ source: `The file ${file}`, problem }]);
};
