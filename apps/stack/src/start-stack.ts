import { statSync } from 'node:fs';
import { ConfigError } from '@tripod/shared/config/config-error';
import { createShutdownStack, type ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { alreadyRunning } from './already-running.ts';
import { checkPorts, checkPortsDiffer } from './check-ports.ts';
import { startControlServer } from './control/control-server.ts';
import { takeStackLock } from './control/stack-lock.ts';
import { findStackState, removeStackState } from './control/state-file.ts';
import { makeStateFolder, type StateFolder } from './control/state-folder.ts';
import { openDatabase } from './database.ts';
import { findLeftNginx } from './nginx/find-left-nginx.ts';
import { nginxAccessLog, nginxConfigFile, nginxPidFile } from './nginx/nginx-config.ts';
import { createOperations } from './operations.ts';
import { followFile } from './output/follow-file.ts';
import { createOutput, type Output } from './output/output.ts';
import type { UpConfig } from './settings.ts';
import { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import { endLeftovers } from './supervisor/end-leftovers.ts';

export type RunningStack = {
  readonly stack: Stack;
  readonly output: Output;
  /** Proxy, then servers, then the database. Later calls wait for the first. */
  stop(): Promise<void>;
};

export type StartStackOptions = {
  readonly config: UpConfig;
  readonly dependencies: StackDependencies;
  /** `stack down` was typed. */
  readonly onDown: () => void;
  /** Given the stack as soon as there is one: a signal may come before it serves. */
  readonly onStack: (running: RunningStack) => void;
};

const maxAccessLogBytes = 10_485_760;

const checkAssets = ({ assets }: UpConfig): void => {
  if (statSync(assets, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new ConfigError([{ source: '--assets', problem: `names no folder: ${assets}` }]);
};

const checkPolicy = ({ proxy, policy }: UpConfig): void => {
  if (proxy !== 'nginx' || policy === 'round-robin') return;
  const problem = 'is for our own proxy: nginx takes round-robin, as config/nginx.conf says';
  throw new ConfigError([{ source: '--policy', problem }]);
};

type BringUpOptions = StartStackOptions & {
  readonly stack: Stack;
  readonly folder: StateFolder;
  readonly output: Output;
  readonly undo: ShutdownStack;
};

const bringUp = async (options: BringUpOptions): Promise<void> => {
  const { config, dependencies, onDown, stack, folder, output, undo } = options;
  const control = await startControlServer(
    folder.socketPath,
    createOperations({ stack, dependencies, onDown }),
  );
  undo.push('the control socket', control.close);
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    stateDir: folder.stateDir,
    onProgress: (message) => output.event('info', message),
  });
  undo.push('the database', database.close);
  stack.useDatabase(database.url);
  const copies = await stack.copies.make(config.copies);
  if (config.proxy === 'nginx') {
    const onLine = (line: string): void => output.line('proxy', line);
    const access = await followFile(nginxAccessLog(folder.nginxDir), { onLine, maxBytes: maxAccessLogBytes });
    undo.push('the access log', access.stop);
  }
  undo.push('the services', () => stack.stop());
  await Promise.all([stack.staticServer.start(), ...copies.map((copy) => copy.start())]);
  for (const { spec } of copies) await stack.balancer.add(spec.port);
  await stack.proxy.start();
  stack.markStarted();
};

/**
 * Starts everything, in order, and resolves when it serves. Throws a StartError or a ConfigError with one sentence, and
 * what was started is undone then.
 */
export const startStack = async (options: StartStackOptions): Promise<RunningStack> => {
  const { config, dependencies, onStack } = options;
  const { clock, table, userId, sink, lineFormat } = dependencies;
  checkAssets(config);
  checkPolicy(config);
  checkPortsDiffer(config);
  const undo = createShutdownStack();
  try {
    const folder = makeStateFolder(config.stateDir, userId);
    const lock = await takeStackLock(folder);
    if (!lock) throw await alreadyRunning(folder);
    undo.push('the lock', lock.release);
    const { stateFile, nginxDir } = folder;
    const left = findLeftNginx(nginxPidFile(nginxDir), nginxConfigFile(nginxDir), config.port);
    const leftovers = await endLeftovers([...(findStackState(stateFile)?.processes ?? []), ...left], {
      table,
      clock,
    });
    await checkPorts(config, dependencies);

    const output = createOutput({ logsDir: folder.logsDir, sink, clock, ...lineFormat });
    undo.push('the logs', () => {
      output.event('info', 'stopped');
      output.close();
    });
    if (leftovers.length > 0) {
      output.event('warn', 'ended what a killed stack had left', {
        processes: leftovers.map(({ name }) => name),
      });
    }
    const stack = new Stack({ config, dependencies, folder, output });
    undo.push('the state file', () => removeStackState(folder.stateFile));
    const settled = bringUp({ ...options, stack, folder, output, undo });
    const running: RunningStack = {
      stack,
      output,
      // Whatever is starting at that moment gives up, and is undone with the rest.
      stop: async () => {
        await stack.stop();
        await settled.catch(() => undefined);
        await undo.unwind();
      },
    };
    onStack(running);
    await settled;
    return running;
  } catch (error) {
    await undo.unwind();
    throw error;
  }
};
