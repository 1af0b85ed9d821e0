import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandClient } from '../command/command-definition.ts';
import { NotRunningError } from '../control/control-client.ts';
import { createStateFolder } from '../control/state-folder.ts';
import { formatReadyScreen } from '../stack/ready-screen.ts';
import type { StackReport } from '../stack/report-stack.ts';

const pollMs = 100;

const readErrors = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};

/** The report of the stack of that process; undefined while it is not ready. */
const findReport = async ({ ask }: CommandClient, pid: number): Promise<StackReport | undefined> => {
  try {
    const report = (await ask({ command: 'ps' })) as StackReport;
    return report.pid === pid && report.started ? report : undefined;
  } catch (error) {
    if (error instanceof NotRunningError) return undefined;
    throw error;
  }
};

/**
 * Starts a stack in a process of its own and resolves when it is ready. Exits with the code of that process when it
 * cannot start, after printing its errors.
 */
export const runDetached = async (client: CommandClient): Promise<void> => {
  const { host, print, isTerminal, colour, wait } = client;
  const { stateDir } = createStateFolder(client.folder.stateDir, client.userId);
  const errorFile = join(stateDir, 'detached.err');
  const child = host.spawnDetached(errorFile);
  const { pid } = child;
  if (pid === undefined) throw new StartError('The process of the stack could not be started.');
  host.onInterrupt(() => child.kill('SIGINT'));
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const errors = readErrors(errorFile).replace(/^stack: /, '');
      throw new StartError(errors || 'The stack ended while it was starting; its log: pnpm stack logs stack');
    }
    const report = await findReport(client, pid);
    if (report) {
      child.unref();
      print(
        isTerminal
          ? formatReadyScreen(report, { stopCommand: 'pnpm stack down', colour })
          : JSON.stringify({ pid, url: report.url }),
      );
      return;
    }
    await wait(pollMs);
  }
};
