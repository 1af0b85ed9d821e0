import { afterEach } from '@jest/globals';
import { askStack } from '@tripod/stack-client/ask-stack';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import { createHandler } from '../../src/command/create-handler.ts';
import { commands } from '../../src/commands.ts';
import { locateState } from '../../src/control/state-folder.ts';
import type { StackReport } from '../../src/stack/report-stack.ts';
import { type RunningStack, type StartStackOptions, startStack } from '../../src/stack/start-stack.ts';
import type { FixtureStack } from './fixture-stack.ts';

/** A running stack as the commands of a person see it. */
export type StackUnderTest = {
  readonly running: RunningStack;
  readonly socketPath: string;
  /** What the commands have printed. */
  readonly progress: string[];
  /** One entry for each time that a command asked the stack to stop. */
  readonly stopRequests: string[];
  ask(request: ControlRequest): Promise<unknown>;
  report(): Promise<StackReport>;
};

/** The options of `startStack` for a fixture. */
export const startOptions = (
  { config, dependencies }: FixtureStack,
  {
    onStack = () => undefined,
    onStop = () => undefined,
  }: { readonly onStack?: (running: RunningStack) => void; readonly onStop?: () => void } = {},
): StartStackOptions => ({
  config,
  dependencies,
  createHandler: (stack) => createHandler({ commands, stack, dependencies, stopStack: onStop }),
  onStack,
});

/** Starts a stack, which the caller stops. `onStack` is given it before its services are ready. */
export const startUnderTest = async (
  fixture: FixtureStack,
  onStack: (running: RunningStack) => void = () => undefined,
): Promise<StackUnderTest> => {
  const stopRequests: string[] = [];
  const running = await startStack(
    startOptions(fixture, { onStack, onStop: () => void stopRequests.push('stop') }),
  );
  const { socketPath } = locateState(fixture.config.stateDir, fixture.dependencies.userId);
  const progress: string[] = [];
  const ask = (request: ControlRequest): Promise<unknown> =>
    askStack(request, {
      socketPath,
      startCommand: 'pnpm dev',
      onProgress: (line) => void progress.push(line),
    });
  const report = async () => (await ask({ command: 'ps' })) as StackReport;
  return { running, socketPath, ask, report, progress, stopRequests };
};

/** Starts stacks that are stopped after each test. Called before the folders they use are made. */
export const useStacks = (): ((fixture: FixtureStack) => Promise<StackUnderTest>) => {
  const started: RunningStack[] = [];
  afterEach(async () => {
    for (const running of started.splice(0)) await running.stop();
  });
  return (fixture) => startUnderTest(fixture, (one) => void started.push(one));
};
