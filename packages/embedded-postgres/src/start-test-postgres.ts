import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { databaseUrl } from './cluster.ts';
import { guardEnv } from './spawn-guard.ts';

// Tests that run at the same time, each with its pools, would reach the default of 100.
const commonSettings = { max_connections: '200' };
// Committed writes may be lost when the machine stops, which does not matter in tests.
const unsafeSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export type TestPostgresOptions = {
  /** Postgres settings that override the defaults of this function. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Keeps the durability settings of Postgres, such as fsync. Default false. */
  readonly durable?: boolean;
  /** A command that runs the program in an environment of its own; the program is appended to its arguments. */
  readonly within?: readonly string[];
};

export type TestPostgres = {
  /** The address of a database on it, `postgres` by default. */
  readonly urlOf: (database?: string) => string;
  readonly port: number;
  readonly pid: number;
  /** Stops it and deletes its data; resolves when it has ended. */
  readonly stop: () => Promise<void>;
};

type Answer = { port: number; password: string; pid: number } | { error: string };

/**
 * Starts a temporary Postgres with its own port and data. It ends with this process, even by kill -9. Throws a
 * sentence.
 */
export const startTestPostgres = async (options: TestPostgresOptions = {}): Promise<TestPostgres> => {
  const program = join(import.meta.dirname, 'tied-postgres.ts');
  const settings = JSON.stringify({
    ...commonSettings,
    ...(options.durable ? {} : unsafeSettings),
    ...options.settings,
  });
  const [command = process.execPath, ...args] = [
    ...(options.within ?? []),
    ...[process.execPath, '--disable-warning=ExperimentalWarning', program, settings],
  ];
  const child = spawn(command, args, {
    // Ctrl-C in the terminal must not reach it: tests may still need it while they stop.
    detached: true,
    env: guardEnv(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const answer = await firstAnswer(child);
  if ('error' in answer) throw new Error(answer.error);
  const { port, password, pid } = answer;
  // Neither the child nor its streams keep this process alive. When this process ends, the child's stdin closes.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref();
  return {
    urlOf: (database) => databaseUrl(port, password, database),
    port,
    pid,
    stop: async () => {
      child.ref();
      child.stdin?.end();
      await exited;
    },
  };
};

const firstAnswer = async (child: ChildProcess): Promise<Answer> => {
  if (!child.stdout) throw new Error('a child started with pipes has a stdout');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Answer;
  throw new Error('The Postgres for the tests ended before it was ready: see above.');
};
