import { expect, it } from '@jest/globals';
import { NotRunningError } from '@tripod/stack-client/ask-stack';
import type { CommandClient } from '../../src/command/command-definition.ts';
import { runDetached } from '../../src/up/run-detached.ts';
import { useTempFolders } from '../support/temp-folder.ts';

const makeFolder = useTempFolders();

it('up --detach says after ten minutes that the stack is not ready, and leaves it running', async () => {
  let waitedMs = 0;
  let released = false;
  const child = {
    pid: 77,
    exitCode: null,
    signalCode: null,
    kill: () => true,
    unref: () => {
      released = true;
    },
  };
  const client = {
    folder: { stateDir: makeFolder() },
    userId: process.getuid?.() ?? 0,
    host: { spawnDetached: () => child, onInterrupt: () => undefined },
    ask: () => Promise.reject(new NotRunningError('It does not run.')),
    wait: (ms: number) => {
      waitedMs += ms;
      return Promise.resolve();
    },
  } as unknown as CommandClient;
  await expect(runDetached(client)).rejects.toThrow(
    /^The stack \(process 77\) was not ready after 10 minutes.*pnpm stack down$/,
  );
  expect([waitedMs, released]).toEqual([600_000, true]);
});
