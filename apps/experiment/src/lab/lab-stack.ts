import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '@tripod/shared/errors/start-error';
import { askStack } from '@tripod/stack-client/ask-stack';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import { stackSocketPath } from '@tripod/stack-client/stack-socket-path';
import { chooseFreePorts } from './choose-free-ports.ts';
import { toControlRequest } from './to-control-request.ts';

/** A process of the stack, as `stack ps` prints it. */
export type StackRow = {
  readonly name: string;
  readonly service: string;
  readonly pid?: number;
  readonly port?: number;
  readonly state: string;
  readonly upstream?: { readonly state: string };
};

export type LabStackOptions = {
  readonly checkout: string;
  readonly execPath: string;
  readonly userId: number;
  /** Variables of its processes. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder of its lab.json. */
  readonly labFolder: string;
  readonly stateDir: string;
  readonly balancer: string;
  /** A number from 0 to below 1 for the choice of its ports. */
  readonly random: number;
};

/** A stack that runs for experiments. */
export type LabStack = {
  readonly port: number;
  readonly adminPort: number;
  /**
   * Carries out a command of the stack, such as `kill api-2`, over its control socket: a process of its own would take
   * a second to start under load. `onLine` gets its lines as they come. Throws a StartError with the reason when it
   * fails.
   */
  run(command: string, onLine?: (line: string) => void): Promise<void>;
  ps(): Promise<readonly StackRow[]>;
  /** Stops it as Ctrl-C does, and after 30 s by SIGKILL. */
  stop(): Promise<void>;
};

const maxStartMs = 120_000;
const maxCommandMs = 120_000;
const maxStopMs = 30_000;
const keptLines = 40;
const portsOfStack = 24;

/** Calls back with each line of both outputs. */
const readLines = (child: ChildProcess, onLine: (line: string) => void): void => {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
};

const ended = (child: ChildProcess): Promise<number> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => {
        child.once('close', (code) => resolve(code ?? -1));
      })
    : Promise.resolve(child.exitCode ?? -1);

/** Resolves with undefined when it takes longer. */
const within = async <T>(ms: number, promise: Promise<T>): Promise<T | undefined> => {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, sleep(ms, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
};

const stopStack = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  if ((await within(maxStopMs, ended(child))) === undefined) child.kill('SIGKILL');
  await ended(child);
};

/** Starts a lab on free ports with a state folder of its own. Throws a StartError with its last lines when it fails. */
export const startLabStack = async (options: LabStackOptions): Promise<LabStack> => {
  const { checkout, execPath, userId, environment, labFolder, stateDir, balancer, random } = options;
  const [port = 0, adminPort = 0, staticPort = 0, redisPort = 0, apiPort = 0] = await chooseFreePorts(
    portsOfStack,
    random,
  );
  const bin = join(checkout, 'apps/stack/bin/stack.js');
  const spawnStack = (args: readonly string[]): ChildProcess =>
    spawn(execPath, [bin, ...args, '--state-dir', stateDir], {
      cwd: checkout,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches only the experiment, which rolls back first.
      detached: true,
    });
  const flags = {
    '--port': port,
    '--admin-port': adminPort,
    '--static-port': staticPort,
    '--redis-port': redisPort,
    '--api-port': apiPort,
    '--proxy': balancer,
  };
  const child = spawnStack([
    'up',
    labFolder,
    '--no-control-room',
    ...Object.entries(flags).flatMap(([flag, value]) => [flag, `${value}`]),
  ]);
  const last: string[] = [];
  const ready = new Promise<true>((resolve) => {
    readLines(child, (line) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      if (line.includes('"name":"stack","message":"ready"')) resolve(true);
    });
  });
  const first = await within(maxStartMs, Promise.race([ready, ended(child)]));
  if (first !== true) {
    await stopStack(child);
    const why =
      first === undefined ? `was not ready within ${maxStartMs / 1000} s` : `ended with code ${first}`;
    throw new StartError(`The stack ${why}:\n${last.join('\n')}`);
  }

  const socketPath = stackSocketPath(stateDir, userId);
  const ask = (request: ControlRequest, onProgress: (line: string) => void = () => undefined) =>
    askStack(request, { socketPath, startCommand: 'pnpm experiment', onProgress, timeoutMs: maxCommandMs });
  return {
    port,
    adminPort,
    run: async (command, onLine) => {
      await ask(toControlRequest(command), onLine);
    },
    ps: async () => ((await ask({ command: 'ps' })) as { readonly processes: readonly StackRow[] }).processes,
    stop: () => stopStack(child),
  };
};
