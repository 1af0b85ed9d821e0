import { availableParallelism } from 'node:os';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { BenchConfig } from './bench-settings.ts';
import type { Run } from './definition/run.ts';
import { programsOf } from './load-tools/run-load.ts';
import { placeOnCores, unpinned } from './machine/cores.ts';
import { explainMissing, findProgram } from './machine/find-program.ts';
import { readMachine, readVersions } from './machine/machine-facts.ts';
import { judgeGoals } from './report/judge-goals.ts';
import type { Report } from './report/report.ts';
import { runInPlace } from './run-in-place.ts';
import { selectParts } from './select-parts.ts';

export type MakeReportOptions = {
  readonly name: string;
  readonly config: BenchConfig;
  readonly checkout: string;
  /** PATH for finding programs. */
  readonly path: string;
  readonly log: (line: string) => void;
};

/** Returns the command that repeats this comparison. */
const commandOf = (name: string, { rounds, seconds, only, contestants }: BenchConfig): string =>
  [
    `pnpm bench ${name} --rounds ${rounds} --seconds ${seconds}`,
    ...(only.length === 0 ? [] : [`--only ${only.join(',')}`]),
    ...(contestants.length === 0 ? [] : [`--contestants ${contestants.join(',')}`]),
  ].join(' ');

/** Measures a run with these settings. Throws when a program is missing that every contestant needs. */
export const makeReport = async (run: Run, options: MakeReportOptions): Promise<Report> => {
  const { name, config, checkout, path, log } = options;
  const { rounds, seconds } = config;
  const { loads, contestants } = selectParts(run, config);
  const needed = [...new Set([...run.programs, ...loads.flatMap(programsOf)])];
  const missing = explainMissing(needed, path);
  if (missing !== undefined) throw new Error(missing);
  const { cores, note } = run.onAllCores
    ? { cores: unpinned, note: 'no CPU pinning' }
    : placeOnCores(availableParallelism(), findProgram('taskset', path) !== undefined);
  log(`${run.about}; ${note}`);
  const parts = { rounds, seconds, path, loads, contestants };
  const measured = await runInPlace(run, { ...parts, cores, checkout, onProgress: log });
  const asked = [...needed, ...contestants.flatMap(({ programs = [] }) => programs)];
  return {
    run: name,
    about: run.about,
    at: new Date().toISOString(),
    command: commandOf(name, config),
    machine: { ...readMachine(), pinning: note },
    versions: readVersions([...new Set(asked)], path),
    rounds,
    seconds,
    contestants: contestants
      .filter((one) => !measured.absent.some((absent) => absent.name === one.name))
      .map(({ name: one, about }) => ({ name: one, about })),
    absent: measured.absent,
    loads: measured.loads,
    goals: judgeGoals(run.goals, measured.loads),
  };
};

/** Throws when there is no run with this name. */
export const checkRunName = (name: string, names: readonly string[]): void => {
  if (names.includes(name)) return;
  throw new ConfigError([
    { source: name, problem: `is not the name of a run: use one of ${names.join(', ')}` },
  ]);
};
