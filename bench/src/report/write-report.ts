import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadReport } from '../measure/measure-run.ts';

/** Everything that was measured, and on what. */
export type Report = {
  readonly run: string;
  readonly about: string;
  readonly at: string;
  readonly machine: {
    readonly cores: number;
    readonly model: string;
    readonly node: string;
    readonly pinning: string;
  };
  readonly rounds: number;
  readonly seconds: number;
  readonly loads: readonly LoadReport[];
};

/** Writes the report as JSON and returns the file. An earlier one of the same run is replaced. */
export const writeReport = (folder: string, report: Report): string => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${report.run}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
};
