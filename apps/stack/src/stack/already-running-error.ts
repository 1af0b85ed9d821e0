import { StartError } from '@tripod/shared/errors/start-error';
import { askStack } from '@tripod/stack-client/ask-stack';
import type { StateFolder } from '../control/state-folder.ts';
import type { StackReport } from './report-stack.ts';

const countCopies = ({ scalable, processes }: StackReport): string => {
  const counts = scalable.flatMap((name) => {
    const count = processes.filter(({ service }) => service === name).length;
    if (count === 0) return [];
    return `${count} ${count === 1 ? 'copy' : 'copies'} of ${name}`;
  });
  return counts.length === 0 ? '' : ` with ${counts.join(', ')}`;
};

/** A stack that was stopped by a signal would never answer. */
const answerTimeoutMs = 5000;

/** The error of a second start in the same folder: what already runs, and how to stop it. */
export const createAlreadyRunningError = async ({
  socketPath,
  stateDir,
}: StateFolder): Promise<StartError> => {
  try {
    const ask = { socketPath, startCommand: '', timeoutMs: answerTimeoutMs };
    const report = (await askStack({ command: 'ps' }, ask)) as StackReport;
    return new StartError(
      `Tripod already runs here, as process ${report.pid}, at ${report.url}${countCopies(report)}; stop it with Ctrl-C in its terminal, or with: pnpm stack down`,
    );
  } catch (error) {
    return new StartError(
      `Another start or stop of Tripod is in progress in ${stateDir}; wait for it, or choose another folder with --state-dir.`,
      error,
    );
  }
};
