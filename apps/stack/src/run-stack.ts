import { createInterface } from 'node:readline/promises';
import { systemClock } from '@tripod/shared/async/clock';
import { commandLineError } from '@tripod/shared/config/command-line';
import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { createLogSink, type LogSink } from '@tripod/shared/logging/log-sink';
import { isPortFree } from '@tripod/shared/os/is-port-free';
import { ListenError } from '@tripod/shared/os/listen';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { CommanderError } from 'commander';
import type { CommandContext } from './commands/command-context.ts';
import { runReset } from './commands/reset.ts';
import { runUp } from './commands/up.ts';
import { locateState } from './control/state-folder.ts';
import { createProgram, type ProgramActions } from './program.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import type { ServiceCommands } from './supervisor/service-commands.ts';
import { watchLauncher } from './supervisor/watch-launcher.ts';
import { tryAddress } from './try-address.ts';

/** The process itself, as an argument. */
export type OwnProcess = Pick<
  NodeJS.Process,
  | 'argv'
  | 'env'
  | 'pid'
  | 'ppid'
  | 'execPath'
  | 'stdin'
  | 'stdout'
  | 'stderr'
  | 'on'
  | 'exit'
  | 'kill'
  | 'getuid'
>;

export type RunStackOptions = {
  readonly own: OwnProcess;
  readonly checkout: string;
  /** The folder in which the command was typed. */
  readonly workingDir: string;
  readonly commands: ServiceCommands;
};

const explain = (error: unknown): { readonly lines: readonly string[]; readonly code: number } => {
  if (error instanceof ConfigError) {
    return { lines: error.problems.map(({ source, problem }) => `${source} ${problem}`), code: 2 };
  }
  if (error instanceof StartError || error instanceof ListenError) return { lines: [error.message], code: 1 };
  return { lines: [error instanceof Error ? (error.stack ?? error.message) : String(error)], code: 1 };
};

const createActions = ({ own, checkout, commands }: RunStackOptions): ProgramActions => {
  const isTerminal = own.stdout.isTTY === true;
  const colour = isTerminal && !own.env['NO_COLOR'];
  const userId = own.getuid?.() ?? 0;
  const contextOf = (stateDir: string): CommandContext => ({
    folder: locateState(stateDir, userId),
    print: (line) => void own.stdout.write(`${line}\n`),
    isTerminal,
    colour,
    table: systemProcesses,
    wait: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
  });
  const askPerson = async (question: string): Promise<boolean> => {
    const lines = createInterface({ input: own.stdin, output: own.stdout });
    const answer = await lines.question(`${question} Type yes: `);
    lines.close();
    return answer.trim().toLowerCase() === 'yes';
  };
  const dependencies = (sink: LogSink): StackDependencies => ({
    checkout,
    commands,
    pid: own.pid,
    userId,
    execPath: own.execPath,
    environment: own.env,
    clock: systemClock,
    table: systemProcesses,
    killGroup: (pid, signal) => void own.kill(-pid, signal),
    isPortFree,
    tryAddress,
    sink,
    lineFormat: { format: isTerminal ? 'text' : 'json', colour },
  });

  return {
    contextOf,
    async up(config) {
      // Nothing else keeps the process while it starts: its own timers never do.
      setInterval(() => undefined, 2 ** 30);
      let onReaderGone = (): void => undefined;
      const sink = createLogSink(1, { delayMs: 30, onReaderClosed: () => onReaderGone() });
      await runUp({
        config,
        dependencies: dependencies(sink),
        exit(code) {
          sink.flush();
          own.exit(code);
        },
        onStopWanted(stop) {
          for (const signal of ['SIGINT', 'SIGTERM'] as const) own.on(signal, () => stop(signal));
          own.on('SIGHUP', () => stop('SIGHUP', { again: false }));
          own.on('uncaughtException', (error) => stop(`uncaught: ${error.stack}`, { again: false, code: 1 }));
          onReaderGone = () => stop('nobody reads its output any more', { again: false });
          watchLauncher(own, () => stop('what started it is gone', { again: false }));
        },
      });
    },
    reset: (context, { yes }) =>
      runReset(context, {
        databaseUrl: own.env['DATABASE_URL'] || undefined,
        userId,
        confirm: yes ? () => Promise.resolve(true) : own.stdin.isTTY && isTerminal ? askPerson : undefined,
      }),
  };
};

/** The `stack` command: reads the arguments, does what they say, and gives each failure one sentence and its code. */
export const runStack = async (options: RunStackOptions): Promise<void> => {
  const { own, checkout, workingDir } = options;
  const program = createProgram({
    checkout,
    workingDir,
    environment: own.env,
    actions: createActions(options),
  });
  // `head` has read enough: what is still to be said has no reader.
  own.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    own.exit(0);
  });
  // pnpm passes on the `--` that npm takes away: `pnpm dev -- --port 9000`.
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
    const typed = own.env['npm_lifecycle_event'] === 'dev' ? 'pnpm dev' : 'pnpm stack';
    const { lines, code } = explain(
      error instanceof CommanderError ? commandLineError(typed, args, error) : error,
    );
    for (const line of lines) own.stderr.write(`stack: ${line}\n`);
    own.exit(code);
  }
};
