import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '@tripod/shared/async/clock';
import type { InjectedFaultKind } from '@tripod/shared/faults/fault';
import { isReadyReport, type StopOrder } from '@tripod/shared/process/supervision';
import { createLineSplitter } from '@tripod/shared/text/split-lines';
import type { BinaryCommand, Command, NodeCommand } from './command.ts';
import { createTaskChannel, type SendTask } from './task-channel.ts';

export type Exit = { readonly code: number | null; readonly signal: string | null };

/** One started process. */
export type Running = {
  readonly pid: number;
  /** Resolves when it has ended and its last line was read. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to stop. A Node command first goes on serving for `drainDelayMs`. */
  requestStop(options: { readonly drainDelayMs: number }): void;
  /** Sends SIGKILL to it and to its child processes. */
  kill(): void;
  /** Sends SIGSTOP to it and to its child processes, which then do nothing until `resume`. */
  pause(): void;
  resume(): void;
  /** The faults that it can inject into itself. None before it is ready, and for other programs. */
  readonly faults: readonly InjectedFaultKind[];
  /** Only for a process that can inject faults. */
  readonly sendTask: SendTask;
};

export type StartOptions = {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  /** Called when a Node command reports over its IPC channel that it serves. */
  readonly onReady: () => void;
  readonly onLine: (line: string) => void;
};

export type SpawnProcess = (options: StartOptions) => Running;

export type SpawnDependencies = {
  readonly execPath: string;
  readonly workingDir: string;
  /** Sends a signal to a process; throws when there is none. A negative id names a process group. */
  readonly signal: (pid: number, signal: NodeJS.Signals) => void;
  readonly clock: Clock;
};

/** How long to wait for the last lines of an ended process, since its children may keep its pipes open. */
const lastLinesMs = 200;

const readLines = (child: ChildProcess, onLine: (line: string) => void): void => {
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createLineSplitter(onLine);
    stream?.setEncoding('utf8');
    stream?.on('data', (piece: string) => lines.add(piece));
    stream?.on('end', () => lines.end());
  }
};

const endOf = (child: ChildProcess, onLine: (line: string) => void): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('error', (error) => {
      onLine(error.message);
      resolve({ code: 127, signal: null });
    });
    child.once('exit', (code, signal) => {
      const end = (): void => resolve({ code, signal });
      // setImmediate: data that arrived while the event loop was blocked is read first.
      const timer = setTimeout(() => setImmediate(end), lastLinesMs);
      child.once('close', () => {
        clearTimeout(timer);
        end();
      });
    });
  });

/**
 * Stops a process when this one ends, even by SIGKILL: the read then reaches the end of the pipe. A process that is
 * paused is continued first, since it would neither see the signal nor the end of its IPC channel. What has not ended
 * 10 s later is killed with its whole group.
 */
const lifelineScript = `read -r _
kill -s CONT -- "-$2"
kill -s "$1" "$2"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 "$2" || exit; sleep 1; done
kill -s KILL -- "-$2"`;

const startLifeline = (pid: number, signalName: string): ChildProcess => {
  const lifeline = spawn('/bin/sh', ['-c', lifelineScript, 'sh', signalName, `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Without a shell there is no lifeline; the next start of the stack ends what is left.
  lifeline.on('error', () => undefined);
  return lifeline;
};

/**
 * Starts each process in a session of its own, so that Ctrl-C in the terminal reaches the supervisor alone. Every
 * process is stopped when the supervisor dies: a Node command by its IPC channel, a binary by a shell that watches a
 * pipe.
 */
export const createSpawnProcess = ({
  execPath,
  workingDir,
  signal,
  clock,
}: SpawnDependencies): SpawnProcess => {
  const trySignal = (pid: number, name: NodeJS.Signals): void => {
    try {
      signal(pid, name);
    } catch {
      // It has already ended.
    }
  };
  const base = { cwd: workingDir, detached: true } as const;

  const spawnNode = (command: NodeCommand, { env, onReady }: StartOptions) => {
    const args = [...(command.options ?? []), command.file, ...command.args];
    const child = spawn(execPath, args, {
      ...base,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const faults: InjectedFaultKind[] = [];
    child.on('message', (message) => {
      if (!isReadyReport(message)) return;
      faults.push(...(message.faults ?? []));
      onReady();
    });
    const requestStop = ({ drainDelayMs }: { readonly drainDelayMs: number }): void => {
      const order: StopOrder = { type: 'stop', drainDelayMs };
      if (child.connected) child.send(order, () => undefined);
    };
    return { child, requestStop, faults };
  };

  const spawnBinary = ({ file, args, stopSignal = 'SIGTERM' }: BinaryCommand, { env }: StartOptions) => {
    const child = spawn(file, [...args], { ...base, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid !== undefined) {
      const lifeline = startLifeline(pid, stopSignal.slice('SIG'.length));
      child.once('exit', () => {
        lifeline.kill('SIGKILL');
        // Children of a killed master process, such as the workers of nginx, would keep its port.
        trySignal(-pid, 'SIGKILL');
      });
    }
    return { child, requestStop: () => trySignal(pid ?? 0, stopSignal), faults: [] };
  };

  return (options) => {
    const { command, onLine } = options;
    const { child, requestStop, faults } =
      command.type === 'node' ? spawnNode(command, options) : spawnBinary(command, options);
    readLines(child, onLine);
    const { pid = 0 } = child;
    const signalGroup = (name: NodeJS.Signals): void => {
      if (pid > 0) trySignal(-pid, name);
    };
    let pauseLifeline: ChildProcess | undefined;
    const endPauseLifeline = (): void => {
      pauseLifeline?.kill('SIGKILL');
      pauseLifeline = undefined;
    };
    child.once('exit', endPauseLifeline);
    return {
      pid,
      exited: endOf(child, onLine),
      requestStop,
      kill: () => signalGroup('SIGKILL'),
      faults,
      sendTask: createTaskChannel(child, clock),
      pause() {
        pauseLifeline ??= startLifeline(pid, 'CONT');
        signalGroup('SIGSTOP');
      },
      resume() {
        signalGroup('SIGCONT');
        endPauseLifeline();
      },
    };
  };
};
