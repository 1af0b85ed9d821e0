import { execFileSync } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import { findProgram } from './find-program.ts';

/** How each program is asked for its version. */
const questions: Readonly<Record<string, readonly string[]>> = {
  nginx: ['-v'],
  haproxy: ['-v'],
  wrk: ['-v'],
  ab: ['-V'],
  pgbench: ['--version'],
};

/** The first thing in what a program says of itself that looks like a version. */
export const parseVersion = (text: string): string | undefined => /\d+(?:\.\d+)+/.exec(text)?.[0];

const askVersion = (program: string, args: readonly string[]): string | undefined => {
  try {
    // nginx tells it on standard error; wrk exits with 1.
    return parseVersion(
      execFileSync('sh', ['-c', '"$0" "$@" 2>&1 || true', program, ...args], { encoding: 'utf8' }),
    );
  } catch {
    return undefined;
  }
};

/** The versions of Node and of those programs that are installed, and tell. */
export const readVersions = (programs: readonly string[], path: string): Readonly<Record<string, string>> => {
  const found = programs.flatMap((name) => {
    const program = findProgram(name, path);
    const version = program === undefined ? undefined : askVersion(program, questions[name] ?? ['--version']);
    return version === undefined ? [] : [[name, version] as const];
  });
  return { node: process.versions.node, ...Object.fromEntries(found) };
};

/** Processor and system. */
export const readMachine = () => ({
  cores: cpus().length,
  model: cpus()[0]?.model.trim() ?? 'unknown processor',
  // 6.18.44-whatever → 6.18
  system: `${type()} ${release().split('.').slice(0, 2).join('.')}`,
});
