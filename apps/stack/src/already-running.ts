import { StartError } from '@tripod/shared/errors/start-error';
import { askStack } from './control/control-client.ts';
import type { StackReport } from './control/protocol.ts';
import type { StateFolder } from './control/state-folder.ts';

/** The error of a second start: what runs already, and how to stop it. */
export const alreadyRunning = async ({ socketPath, stateDir }: StateFolder): Promise<StartError> => {
  try {
    const report = (await askStack({ command: 'ps' }, { socketPath, startCommand: '' })) as StackReport;
    const copies = report.processes.filter(({ name }) => name.startsWith('api-')).length;
    return new StartError(
      `Tripod already runs here, as process ${report.pid}, at ${report.url} with ${copies} ${copies === 1 ? 'copy' : 'copies'} of the API; stop it with Ctrl-C in its terminal, or with: pnpm stack down`,
    );
  } catch (error) {
    return new StartError(
      `Another start or stop of Tripod is under way in ${stateDir}; wait for it, or choose another folder with --state-dir.`,
      error,
    );
  }
};
