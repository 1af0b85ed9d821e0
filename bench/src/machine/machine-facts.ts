import { execFileSync } from 'node:child_process';
import { cpus, release, type } from 'node:os';
import { findProgram } from './find-program.ts';

/** The arguments that make each program print its version. */
const versionArguments: Readonly<Record<string, readonly string[]>> = {
  nginx: ['-v'],
  haproxy: ['-v'],
  wrk: ['-v'],
  ab: ['-V'],
  pgbench: ['--version'],
};

/** Returns the first version number in the output of a program. */
export const parseVersion = (text: string): string | undefined => /\d+(?:\.\d+)+/.exec(text)?.[0];

const askVersion = (program: string, args: readonly string[]): string | undefined => {
  try {
    // nginx prints it to standard error, and wrk exits with code 1.
    return parseVersion(
      execFileSync('sh', ['-c', '"$0" "$@" 2>&1 || true', program, ...args], { encoding: 'utf8' }),
    );
  } catch {
    return undefined;
  }
};

/** Returns the versions of Node and of the installed programs. */
export const readVersions = (programs: readonly string[], path: string): Readonly<Record<string, string>> => {
  const found = programs.flatMap((name) => {
    const program = findProgram(name, path);
    const version =
      program === undefined ? undefined : askVersion(program, versionArguments[name] ?? ['--version']);
    return version === undefined ? [] : [[name, version] as const];
  });
  return { node: process.versions.node, ...Object.fromEntries(found) };
};

/** Returns processor, number of cores and system. */
export const readMachine = () => ({
  cores: cpus().length,
  model: cpus()[0]?.model.trim() ?? 'unknown processor',
  // 6.18.44-generic → 6.18
  system: `${type()} ${release().split('.').slice(0, 2).join('.')}`,
});
