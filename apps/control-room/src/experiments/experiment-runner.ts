import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExperimentVerdict, RoomMessages } from '../../web/src/wire.ts';

export type ExperimentRunner = {
  /** Starts the command. Throws an Error while another experiment runs. */
  start(name: string): void;
  /** Ends the running one, which rolls back what it did. */
  close(): Promise<void>;
};

/** What is kept of what the command says, for the reason of a failure. */
const maxSaid = 4096;

const readVerdict = (file: string): ExperimentVerdict | undefined => {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as ExperimentVerdict | null) ?? undefined;
  } catch {
    return undefined;
  }
};

/**
 * Runs experiments, one at a time, by the command `experiment`: with a stack of its own, so that the running lab is not
 * touched, and in its short form on our engine.
 */
export const createExperimentRunner = (options: {
  /** The path of the command. */
  readonly program: string;
  readonly execPath: string;
  readonly onState: (state: RoomMessages['experiment']) => void;
}): ExperimentRunner => {
  const { program, execPath, onState } = options;
  let running: ChildProcess | undefined;

  const wait = async (child: ChildProcess, file: string, folder: string): Promise<void> => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-maxSaid);
    });
    try {
      await once(child, 'close');
      const verdict = readVerdict(file);
      const last = said
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^experiment: /, '');
      onState(verdict ? { verdict } : { problem: last || 'The experiment ended without a verdict.' });
    } catch (error) {
      onState({ problem: error instanceof Error ? error.message : String(error) });
    } finally {
      running = undefined;
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return {
    start(name) {
      if (running) throw new Error('An experiment runs already. Wait for its verdict.');
      const folder = mkdtempSync(join(tmpdir(), 'tripod-experiment-'));
      const file = join(folder, 'result.json');
      const child = spawn(execPath, [program, name, '--short', '--proxy', 'direct', '--json', file], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      running = child;
      onState({ running: name });
      void wait(child, file, folder);
    },
    async close() {
      if (!running) return;
      const ended = once(running, 'close');
      running.kill('SIGINT');
      await ended;
    },
  };
};
