import { type ChildProcess, spawn } from 'node:child_process';
import { isReadyReport, type ReadyReport, type StopOrder } from '@tripod/shared/process/supervision';
import { createLineSplitter } from '../output/split-lines.ts';
import type { NodeCommand } from './service-commands.ts';

export type Exit = { readonly code: number | null; readonly signal: string | null };

/** One started process. */
export type Running = {
  readonly pid: number;
  /** Resolves when it has ended and its last line was read. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Asks it to stop; it may take its time. */
  order(order: StopOrder): void;
  /** SIGKILL for it and for what it started. */
  kill(): void;
};

export type StartOptions = {
  readonly command: NodeCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly onReady: (report: ReadyReport) => void;
  readonly onLine: (line: string) => void;
};

export type SpawnService = (options: StartOptions) => Running;

export type SpawnDependencies = {
  readonly execPath: string;
  readonly workingDir: string;
  /** Sends a signal to a process group; throws when there is none. */
  readonly killGroup: (pid: number, signal: 'SIGKILL') => void;
};

/** How long the last lines of an ended process are waited for: what it started may still hold its pipes. */
const lastLinesMs = 200;

const readLines = (child: ChildProcess, onLine: (line: string) => void): void => {
  for (const stream of [child.stdout, child.stderr]) {
    const lines = createLineSplitter(onLine);
    stream?.setEncoding('utf8');
    stream?.on('data', (piece: string) => lines.add(piece));
    stream?.on('end', () => lines.end());
  }
};

const endOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }));
    child.once('exit', (code, signal) => {
      const end = (): void => resolve({ code, signal });
      // Not before what has come meanwhile was read: this process may have been busy itself.
      const enough = setTimeout(() => setImmediate(end), lastLinesMs);
      child.once('close', () => {
        clearTimeout(enough);
        end();
      });
    });
  });

/**
 * Starts services in sessions of their own, so that the terminal's Ctrl-C reaches the supervisor alone, with an IPC
 * channel as the lifeline: it closes when the supervisor dies, however that happens, and a service then stops.
 */
export const createSpawnService =
  ({ execPath, workingDir, killGroup }: SpawnDependencies): SpawnService =>
  ({ command, env, onReady, onLine }) => {
    const child = spawn(execPath, [...(command.options ?? []), command.file, ...command.args], {
      cwd: workingDir,
      env: { ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    readLines(child, onLine);
    child.on('message', (message) => {
      if (isReadyReport(message)) onReady(message);
    });
    return {
      pid: child.pid ?? 0,
      exited: endOf(child),
      order(order) {
        if (child.connected) child.send(order, () => undefined);
      },
      kill() {
        try {
          if (child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
        } catch {
          // It has ended meanwhile.
        }
      },
    };
  };
