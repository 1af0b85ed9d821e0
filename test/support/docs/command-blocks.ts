import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkout, exited } from '@tripod/testing/spawn-node';
import { parseMarkdown } from './parse-markdown.ts';
import { parseShell } from './shell-words.ts';

/** Returns the shell blocks of a page in their order. */
export const readCommandBlocks = (file: string): readonly string[] =>
  parseMarkdown(readFileSync(join(checkout, file), 'utf8'))
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text.trim());

/** Whether the block ends with a load that runs for a time, during which the next block is to be run. */
export const isTimedLoad = (block: string): boolean => /(?:^|\n)ab (?:-k )?-t [^\n]*$/.test(block);

/** Programs that neither Debian nor pip installs within seconds, so that CI may lack them. */
const optionalPrograms: ReadonlySet<string> = new Set(['go', 'k6', 'mvn']);

const isOnPath = (program: string): boolean => {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  return spawnSync('sh', ['-c', `command -v ${program}`], { env }).status === 0;
};

/** Maven itself would load Gatling from the network, which takes minutes. */
const hasGatling = (): boolean =>
  existsSync(join(homedir(), '.m2/repository/io/gatling/gatling-maven-plugin'));

const findMissing = (program: string): string | undefined => {
  if (!isOnPath(program)) return `${program} is not installed`;
  return program === 'mvn' && !hasGatling() ? 'Gatling is not in the Maven repository' : undefined;
};

/**
 * Returns why a block can't run on this machine: a program that is not installed. Throws instead when `CI=true` and the
 * program is one that CI installs.
 */
export const findMissingProgram = (block: string): string | undefined => {
  const programs = new Set(parseShell(block).map(([program = '']) => program));
  if (block.startsWith('pnpm bench ')) for (const program of ['nginx', 'wrk']) programs.add(program);
  for (const program of programs) {
    const missing = findMissing(program);
    if (missing === undefined) continue;
    if (process.env['CI'] === 'true' && !optionalPrograms.has(program))
      throw new Error(`${missing}, and CI must not skip the tests that need it`);
    return missing;
  }
  return undefined;
};

export type StartedBlock = {
  readonly child: ChildProcess;
  /** Everything that it has printed so far. */
  output(): string;
  readonly finished: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Ends it as Ctrl-C does, and waits until it has ended. */
  interrupt(): Promise<void>;
};

/** Starts a block in bash at the root of the repository, as a process group of its own. */
export const startBlock = (script: string): StartedBlock => {
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const collect = (piece: Buffer): void => {
    output += piece.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const finished = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  return {
    child,
    output: () => output,
    finished,
    interrupt: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGINT');
      await exited(child);
      await finished;
    },
  };
};
