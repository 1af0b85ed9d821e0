import { createShutdownStack, type ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { enforceBudget } from '../budget/enforce-budget.ts';
import { type HandleControl, startControlServer } from '../control/control-server.ts';
import { takeStackLock } from '../control/stack-lock.ts';
import { findStackState, removeStackState, setAsideDamagedState } from '../control/state-file.ts';
import { createStateFolder, type StateFolder } from '../control/state-folder.ts';
import type { StackConfig } from '../definition/stack-settings.ts';
import { followFile } from '../output/follow-file.ts';
import { createOutput, type Output } from '../output/output.ts';
import { endLeftovers } from '../supervisor/end-leftovers.ts';
import { createAlreadyRunningError } from './already-running-error.ts';
import { checkPorts, checkPortsDiffer } from './check-ports.ts';
import { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import { planStack } from './stack-plan.ts';

export type RunningStack = {
  readonly stack: Stack;
  readonly output: Output;
  /** Stops the services in the reverse order of their start. Later calls wait for the first. */
  stop(): Promise<void>;
};

export type StartStackOptions = {
  readonly config: StackConfig;
  readonly dependencies: StackDependencies;
  /** Creates the handler of the commands that reach the control socket. */
  readonly createHandler: (stack: Stack) => HandleControl;
  /** Called as soon as there is a stack that can be stopped, before its services are ready. */
  readonly onStack: (running: RunningStack) => void;
};

const maxAccessLogBytes = 10_485_760;

type BringUpOptions = StartStackOptions & {
  readonly stack: Stack;
  readonly folder: StateFolder;
  readonly output: Output;
  readonly undo: ShutdownStack;
};

const bringUp = async ({ createHandler, stack, folder, output, undo }: BringUpOptions): Promise<void> => {
  const control = await startControlServer(folder.socketPath, createHandler(stack));
  undo.push('the control socket', control.close);
  // Before the control socket is closed, so that those who watch are told that the stack has stopped.
  undo.push('the readings', stack.readings.close);
  await stack.join((name, service) => undo.push(name, () => service.leave()));
  await stack.prepare();
  const { front } = stack;
  if (front?.balancer.accessLog !== undefined) {
    const onLine = (line: string): void => output.accessLine(front.name, line);
    const access = await followFile(front.balancer.accessLog, { onLine, maxBytes: maxAccessLogBytes });
    undo.push('the access log', access.stop);
  }
  undo.push('the services', () => stack.stop());
  await stack.start();
};

/** With `allLines` everything is shown; else one line per request, from the load balancer or from the copies. */
const createShowsRequestsOf =
  (config: StackConfig, findStack: () => Stack | undefined, isTerminal: boolean) =>
  (name: string): boolean => {
    const front = findStack()?.front;
    if (!isTerminal || config.allLines || !front) return true;
    return front.balancer.logsUpstreams === (name === front.name);
  };

/**
 * Starts all services in the order of their needs and resolves when they are ready. Throws a StartError or a
 * ConfigError with one sentence; what was started is stopped then.
 */
export const startStack = async (options: StartStackOptions): Promise<RunningStack> => {
  const { config, dependencies, onStack } = options;
  const { clock, table, userId, sink, lineFormat } = dependencies;
  const plan = planStack(dependencies.services, config);
  checkPortsDiffer(config, dependencies);
  const undo = createShutdownStack();
  try {
    const folder = createStateFolder(config.stateDir, userId);
    const lock = await takeStackLock(folder);
    if (!lock) throw await createAlreadyRunningError(folder);
    undo.push('the lock', lock.release);
    const damaged = setAsideDamagedState(folder.stateFile);
    const leftovers = await endLeftovers(findStackState(folder.stateFile)?.processes ?? [], { table, clock });
    await checkPorts(config, dependencies);

    let stack: Stack | undefined;
    const output = createOutput({
      logsDir: folder.logsDir,
      sink,
      clock,
      ...lineFormat,
      nameUpstream: (address) => stack?.nameUpstream(address) ?? address,
      showsRequestsOf: createShowsRequestsOf(config, () => stack, lineFormat.format === 'text'),
    });
    undo.push('the logs', () => {
      output.event('info', 'stopped');
      output.close();
    });
    if (damaged !== undefined) output.event('warn', damaged);
    if (leftovers.length > 0) {
      const processes = leftovers.map(({ name }) => name);
      output.event('warn', 'ended processes of a stack that was killed', { processes });
    }
    const groups =
      config.budget &&
      enforceBudget(config.budget, {
        ...{ hierarchy: dependencies.groupHierarchy, pid: dependencies.pid, clock },
        isRunning: (pid) => table.commandOf(pid) !== undefined,
        onNotEnforced: (message) => output.event('warn', message),
      });
    if (groups) undo.push('the control groups', groups.close);
    const created = new Stack({ config, plan, dependencies, folder, output, groups });
    stack = created;
    undo.push('the state file', () => removeStackState(folder.stateFile));
    const settled = bringUp({ ...options, stack, folder, output, undo });
    const running: RunningStack = {
      stack,
      output,
      // A start in progress fails and is undone with the rest.
      stop: async () => {
        await created.stop();
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
