import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LoadReport } from '../measure/report-load.ts';
import type { Absent } from '../measure/start-contestants.ts';
import type { GoalReport } from './judge-goals.ts';

/** Everything that was measured, and on what. */
export type Report = {
  readonly run: string;
  readonly about: string;
  /** ISO 8601. */
  readonly at: string;
  /** What a person types to get the same again. */
  readonly command: string;
  readonly machine: {
    readonly cores: number;
    readonly model: string;
    readonly system: string;
    readonly pinning: string;
  };
  /** Program → version, of those that are installed. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly contestants: readonly { readonly name: string; readonly about: string }[];
  readonly absent: readonly Absent[];
  readonly loads: readonly LoadReport[];
  readonly goals: readonly GoalReport[];
};

/** Writes the report as JSON; an earlier file is replaced. */
export const writeReport = (file: string, report: Report): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
};

/** Reads what `writeReport` wrote of this run. Throws a sentence when it is not there, or is something else. */
export const readReport = (file: string, run: string): Report => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} can not be read: give the file that an earlier run wrote`);
  }
  const report = JSON.parse(text) as Partial<Report>;
  if (report.run !== run)
    throw new Error(`${file} is not the report of ${run}, but of ${report.run ?? 'nothing'}`);
  return report as Report;
};

/** Whether a contestant did not start, ended, or answered with errors: the figures are then not whole. */
export const hasFailure = ({ absent, loads }: Report): boolean =>
  absent.some(({ failed }) => failed) ||
  loads.some(({ contestants }) => contestants.some(({ voids }) => voids.length > 0));
