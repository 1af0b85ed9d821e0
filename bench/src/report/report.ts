import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LoadReport } from '../measure/report-load.ts';
import type { Absent } from '../measure/start-contestants.ts';
import type { GoalReport } from './judge-goals.ts';

/** The complete result of a run. */
export type Report = {
  readonly run: string;
  readonly about: string;
  /** ISO 8601. */
  readonly at: string;
  /** The command that repeats the run. */
  readonly command: string;
  readonly machine: {
    readonly cores: number;
    readonly model: string;
    readonly system: string;
    readonly pinning: string;
  };
  /** Versions of the installed programs. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly contestants: readonly { readonly name: string; readonly about: string }[];
  readonly absent: readonly Absent[];
  readonly loads: readonly LoadReport[];
  readonly goals: readonly GoalReport[];
};

/** Writes the report as JSON and replaces an existing file. */
export const writeReport = (file: string, report: Report): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
};

/** Reads a report of this run that `writeReport` wrote. Throws when the file is missing or is not such a report. */
export const readReport = (file: string, run: string): Report => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`can't read the report ${file}: --from needs a file that an earlier run wrote`);
  }
  const report = JSON.parse(text) as Partial<Report>;
  if (report.run !== run) throw new Error(`${file} is a report of ${report.run ?? 'no run'}, not of ${run}`);
  return report as Report;
};

/** Whether a contestant did not start, exited, or answered with errors, so that figures are missing. */
export const hasFailure = ({ absent, loads }: Report): boolean =>
  absent.some(({ failed }) => failed) ||
  loads.some(({ contestants }) => contestants.some(({ voids }) => voids.length > 0));
