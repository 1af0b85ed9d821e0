import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkout } from '@tripod/testing/spawn-node';
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

/**
 * Whether the program is installed. Throws instead of returning false when `CI=true` and it is one that CI installs.
 */
export const isInstalled = (program: string): boolean => {
  const found = isOnPath(program);
  if (!found && process.env['CI'] === 'true' && !optionalPrograms.has(program))
    throw new Error(`${program} is not installed, and CI must not skip the tests that need it`);
  return found;
};

/** Maven itself would load Gatling from the network, which takes minutes. */
const hasGatling = (): boolean =>
  existsSync(join(homedir(), '.m2/repository/io/gatling/gatling-maven-plugin'));

/** Returns why a block cannot run on this machine: a program that is not installed. */
export const findMissingProgram = (block: string): string | undefined => {
  const programs = new Set(parseShell(block).map(([program = '']) => program));
  if (block.startsWith('pnpm bench ')) for (const program of ['nginx', 'wrk']) programs.add(program);
  const missing = [...programs].find((program) => !isInstalled(program));
  if (missing !== undefined) return `${missing} is not installed`;
  return programs.has('mvn') && !hasGatling() ? 'Gatling is not in the Maven repository' : undefined;
};

export type StartedBlock = {
  readonly child: ChildProcess;
  /** Everything that it has printed so far. */
  output(): string;
  readonly finished: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Ends it as Ctrl-C does, and waits until it has ended. Kills it when it has not ended within 20 s. */
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
      const signal = (name: NodeJS.Signals): void => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        process.kill(-child.pid, name);
      };
      signal('SIGINT');
      const timer = setTimeout(signal, 20_000, 'SIGKILL');
      await finished;
      clearTimeout(timer);
    },
  };
};
