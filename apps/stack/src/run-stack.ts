import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { systemClock } from '@tripod/shared/async/clock';
import { commandLineError } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { createLogSink } from '@tripod/shared/logging/log-sink';
import { isPortFree } from '@tripod/shared/os/is-port-free';
import { ListenError } from '@tripod/shared/os/listen';
import { probeAddress } from '@tripod/shared/os/probe-address';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { askStack } from '@tripod/stack-client/ask-stack';
import { watchStack } from '@tripod/stack-client/watch-stack';
import { CommanderError } from 'commander';
import { findGroupHierarchy } from './budget/group-hierarchy.ts';
import type { CommandClient } from './command/command-definition.ts';
import { createHandler } from './command/create-handler.ts';
import type { StackHost } from './command/stack-host.ts';
import { commands } from './commands.ts';
import { locateState } from './control/state-folder.ts';
import { findOnlyStateDir } from './labs/lab-state.ts';
import { createProgram } from './program.ts';
import { services } from './services.ts';
import { watchLauncher } from './supervisor/watch-launcher.ts';

/** The process itself, as an argument. */
export type OwnProcess = Pick<
  NodeJS.Process,
  | 'argv'
  | 'env'
  | 'execArgv'
  | 'pid'
  | 'ppid'
  | 'execPath'
  | 'stdin'
  | 'stdout'
  | 'stderr'
  | 'on'
  | 'exit'
  | 'exitCode'
  | 'kill'
  | 'getuid'
>;

export type RunStackOptions = {
  readonly own: OwnProcess;
  readonly checkout: string;
  /** The folder in which the command was typed. */
  readonly workingDir: string;
  readonly version: string | undefined;
};

const startCommand = 'pnpm dev';

const explain = (error: unknown): { readonly lines: readonly string[]; readonly code: number } => {
  if (error instanceof ConfigError) {
    return { lines: error.problems.map(({ source, problem }) => `${source} ${problem}`), code: 2 };
  }
  if (error instanceof StartError || error instanceof ListenError) return { lines: [error.message], code: 1 };
  return { lines: [error instanceof Error ? (error.stack ?? error.message) : String(error)], code: 1 };
};

const isColoured = (own: OwnProcess): boolean => own.stdout.isTTY === true && !own.env['NO_COLOR'];

/** What is mounted, as Linux lists it; empty on other systems. */
const readMounts = (): string =>
  existsSync('/proc/self/mounts') ? readFileSync('/proc/self/mounts', 'utf8') : '';

const createHost = ({ own, checkout }: RunStackOptions): StackHost => {
  let onReaderClosed = (): void => undefined;
  const sink = createLogSink(1, { delayMs: 30, onReaderClosed: () => onReaderClosed() });
  const dependencies = {
    checkout,
    services,
    groupHierarchy: findGroupHierarchy(readMounts()),
    pid: own.pid,
    userId: own.getuid?.() ?? 0,
    execPath: own.execPath,
    environment: own.env,
    clock: systemClock,
    table: systemProcesses,
    signal: (pid: number, signal: NodeJS.Signals) => void own.kill(pid, signal),
    isPortFree,
    probeAddress,
    sink,
    lineFormat: { format: own.stdout.isTTY === true ? 'text' : 'json', colour: isColoured(own) },
  } as const;
  return {
    dependencies,
    connect(requestStop) {
      // Timers of the clock do not keep the process alive while it starts.
      setInterval(() => undefined, 2 ** 30);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) own.on(signal, () => requestStop(signal));
      own.on('SIGHUP', () => requestStop('SIGHUP', { repeatKills: false }));
      own.on('uncaughtException', (error) =>
        requestStop(`uncaught exception: ${error.stack}`, { repeatKills: false, code: 1 }),
      );
      onReaderClosed = () =>
        requestStop('the reader of its output has closed the pipe', { repeatKills: false });
      watchLauncher(own, () => requestStop('the command that started it has ended', { repeatKills: false }));
    },
    createHandler: (stack, requestStop) =>
      createHandler({ commands, stack, dependencies, stopStack: () => requestStop('stack down') }),
    setExitCode(code) {
      own.exitCode = code;
    },
    exit(code) {
      sink.flush();
      own.exit(code);
    },
    spawnDetached(errorFile) {
      const [, script = '', ...args] = own.argv;
      // Without this variable the new process does not watch the package manager, which ends before it.
      const { npm_lifecycle_event: _script, ...env } = own.env;
      const rest = args.filter((arg) => arg !== '--detach');
      // The file of an earlier start; a named pipe in its place would block.
      rmSync(errorFile, { recursive: true, force: true });
      return spawn(own.execPath, [...own.execArgv, script, ...rest], {
        env,
        detached: true,
        stdio: ['ignore', 'ignore', openSync(errorFile, 'wx', 0o600)],
      });
    },
    onInterrupt: (callback) => void own.on('SIGINT', callback),
  };
};

const createClients = (options: RunStackOptions): ((stateDir: string) => CommandClient) => {
  const { own } = options;
  const isTerminal = own.stdout.isTTY === true;
  const userId = own.getuid?.() ?? 0;
  const print = (line: string): void => void own.stdout.write(`${line}\n`);
  const askPerson = async (question: string): Promise<boolean> => {
    const lines = createInterface({ input: own.stdin, output: own.stdout });
    const answer = await lines.question(`${question} Type yes: `);
    lines.close();
    return answer.trim().toLowerCase() === 'yes';
  };
  return (stateDir) => {
    const folder = locateState(stateDir, userId);
    return {
      services,
      folder,
      userId,
      databaseUrl: own.env['DATABASE_URL'] || undefined,
      print,
      isTerminal,
      colour: isColoured(own),
      table: systemProcesses,
      wait: (ms) =>
        new Promise((resolve) => {
          setTimeout(resolve, ms);
        }),
      confirm: own.stdin.isTTY && isTerminal ? askPerson : undefined,
      ask: (request) => askStack(request, { socketPath: folder.socketPath, startCommand, onProgress: print }),
      watch: (watching) => watchStack({ ...watching, socketPath: folder.socketPath, startCommand }),
      host: createHost(options),
    };
  };
};

/** Runs the `stack` command. Every failure is one sentence on stderr and an exit code. */
export const runStack = async (options: RunStackOptions): Promise<void> => {
  const { own, checkout, workingDir, version } = options;
  const program = createProgram({
    commands,
    services,
    checkout,
    workingDir,
    environment: own.env,
    version,
    createClient: createClients(options),
    findStateDir: () => findOnlyStateDir(checkout, { userId: own.getuid?.() ?? 0, table: systemProcesses }),
  });
  // A reader such as `head` closes the pipe when it has read enough.
  own.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') own.exit(0);
  });
  // Either stream may be a file on a full disk, which is no reason to end.
  own.stderr.on('error', () => undefined);
  // pnpm passes on the `--` that npm removes: `pnpm dev -- --port 9000`.
  const args = own.argv.slice(2).filter((arg, at) => arg !== '--' || at > 1);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (args.length === 0) {
      program.configureOutput({ writeErr: (text) => void own.stderr.write(text) });
      program.outputHelp({ error: true });
      own.exit(2);
      return;
    }
    const known = commands.find(({ name }) => name === args[0])?.name;
    const ofCommand = known === undefined ? 'pnpm stack' : `pnpm stack ${known}`;
    const typed = own.env['npm_lifecycle_event'] === 'dev' ? startCommand : ofCommand;
    const { lines, code } = explain(
      error instanceof CommanderError ? commandLineError(typed, args, error) : error,
    );
    for (const line of lines) own.stderr.write(`stack: ${line}\n`);
    own.exit(code);
  }
};
