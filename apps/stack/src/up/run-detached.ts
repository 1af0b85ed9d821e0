import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { NotRunningError } from '@tripod/stack-client/ask-stack';
import type { CommandClient } from '../command/command-definition.ts';
import { createStateFolder } from '../control/state-folder.ts';
import { formatReadyScreen } from '../stack/ready-screen.ts';
import type { StackReport } from '../stack/report-stack.ts';

const pollMs = 100;
/** A first start on a slow machine takes minutes, because it unpacks Postgres. */
const maxStartMs = 600_000;

const readErrors = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};

const configErrorCode = 2;

/** The error of a process that could not start: each line of its output is `stack: SOURCE PROBLEM` or a sentence. */
const createError = (code: number | null, output: string): Error => {
  const lines = output.split('\n').map((line) => line.replace(/^stack: /, ''));
  if (code === configErrorCode) {
    return new ConfigError(
      lines.map((line) => {
        const [source = '', ...problem] = line.split(' ');
        return { source, problem: problem.join(' ') };
      }),
    );
  }
  return new StartError(
    lines.join('\n') || 'The stack ended while it was starting; its log: pnpm stack logs stack',
  );
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
 * Starts a stack in another process and resolves when it is ready. Throws a ConfigError or a StartError with the
 * messages of that process when it cannot start, and a StartError when it is not ready after ten minutes.
 */
export const runDetached = async (client: CommandClient): Promise<void> => {
  const { host, print, isTerminal, colour, wait } = client;
  const { stateDir } = createStateFolder(client.folder.stateDir, client.userId);
  const errorFile = join(stateDir, 'detached.err');
  const child = host.spawnDetached(errorFile);
  const { pid } = child;
  if (pid === undefined) throw new StartError('The process of the stack could not be started.');
  host.onInterrupt(() => child.kill('SIGINT'));
  for (let waitedMs = 0; waitedMs < maxStartMs; waitedMs += pollMs) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw createError(child.exitCode, readErrors(errorFile));
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
  child.unref();
  throw new StartError(
    `The stack (process ${pid}) was not ready after ${maxStartMs / 60_000} minutes, and goes on starting. Its log: pnpm stack logs stack. To stop it: pnpm stack down`,
  );
};
