import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import type { RunningStack } from '../run-stack.ts';
import { parseMarkdown } from './parse-markdown.ts';

/** Blocks that start the system or test it. The test run does that itself, so it does not run them again. */
const startBlocks: ReadonlySet<string> = new Set([
  'npx --yes pnpm@12 dev',
  'npx --yes pnpm@12 dev\nnpx --yes pnpm@12 test',
  'pnpm dev --proxy nginx',
]);

/** Returns the shell blocks of a page that a test can run, in their order. */
export const readCommandBlocks = (file: string): readonly string[] =>
  parseMarkdown(readFileSync(join(checkout, file), 'utf8'))
    .blocks.filter(({ language }) => language === 'sh')
    .map(({ text }) => text.trim())
    .filter((block) => !startBlocks.has(block));

/** Whether the block ends with a load that runs for a time, during which the next block is to be run. */
export const isTimedLoad = (block: string): boolean => /(?:^|\n)ab (?:-k )?-t [^\n]*$/.test(block);

/** Whether the program is installed. Throws instead of returning false when `CI=true`. */
export const isInstalled = (program: string): boolean => {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin`;
  const { status } = spawnSync('sh', ['-c', `command -v ${program}`], {
    env: { ...process.env, PATH: path },
  });
  if (status !== 0 && process.env['CI'] === 'true')
    throw new Error(`${program} is not installed, and CI must not skip the tests that need it`);
  return status === 0;
};

export type StartedBlock = {
  readonly child: ChildProcess;
  /** Everything that it has printed so far. */
  output(): string;
  readonly finished: Promise<{ readonly code: number | null; readonly output: string }>;
};

/** Runs a block in bash as it stands on the page, with the addresses and the state folder of this stack. */
export const startBlock = (block: string, stack: RunningStack): StartedBlock => {
  const addresses: readonly (readonly [string, string])[] = [
    ['127.0.0.1:8080', new URL(stack.url).host],
    ['127.0.0.1:8090', new URL(stack.adminUrl).host],
    ['127.0.0.1:8081', `127.0.0.1:${stack.apiPort}`],
    ['127.0.0.1:8083', `127.0.0.1:${stack.apiPort + 1}`],
    ['127.0.0.1:8084', `127.0.0.1:${stack.apiPort + 2}`],
  ];
  const script = addresses
    .reduce((text, [from, to]) => text.replaceAll(from, to), block)
    .replace(/^pnpm stack \w+/gm, `$& --state-dir ${stack.stateDir}`);
  const child = spawn('bash', ['-e', '-c', script], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
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
  return { child, output: () => output, finished };
};

/** Returns how many requests the proxy has sent to the copies that it has now. */
const countRequests = async (stack: RunningStack): Promise<number> => {
  const response = await fetch(`${stack.adminUrl}/pools/api`);
  const { upstreams } = (await response.json()) as { upstreams: { requests: number }[] };
  return upstreams.reduce((sum, { requests }) => sum + requests, 0);
};

/** Resolves when requests of a load have reached the copies. */
export const waitForLoad = async (stack: RunningStack): Promise<void> => {
  const before = await countRequests(stack);
  await waitFor('the load to reach the copies', async () => (await countRequests(stack)) > before + 100);
};
