import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '@tripod/testing/wait-for';
import { answersOk } from '../machine/answers-ok.ts';

export type ServiceProcessOptions = {
  readonly bin: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** URL that answers 200 when the service is ready. */
  readonly readyUrl: string;
};

/** A service of Tripod as a process that can be killed and restarted. */
export type ServiceProcess = {
  untilReady(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Kills the process and starts it again at once. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

export const startServiceProcess = ({ bin, args, env, readyUrl }: ServiceProcessOptions): ServiceProcess => {
  let errors = '';
  const start = (): ChildProcess => {
    const child = spawn(process.execPath, [bin, ...args], {
      env: { PATH: process.env['PATH'], ...env },
      // A service exits when its IPC channel closes, so it never outlives this process.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      errors += piece;
    });
    return child;
  };
  let child = start();
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    untilReady: async () => {
      await waitFor(
        readyUrl,
        () => {
          if (hasEnded(child)) throw new Error(`${bin} exited: ${errors}`);
          return answersOk(readyUrl);
        },
        60_000,
      );
    },
    signal: (signal) => void child.kill(signal),
    restart: async () => {
      await kill('SIGKILL');
      child = start();
    },
    stop: () => kill('SIGKILL'),
  };
};
