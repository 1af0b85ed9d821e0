import { StartError, toStartError } from '@tripod/shared/errors/start-error';
import { takeStackLock } from '../control/stack-lock.ts';
import { makeStateFolder } from '../control/state-folder.ts';
import type { CommandContext } from './command-context.ts';

export type ResetOptions = {
  readonly databaseUrl: string | undefined;
  readonly userId: number;
  /** Asks a person; undefined where there is none to ask. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined;
};

/** `stack reset`: empties the database from npm. Never one of DATABASE_URL, and never under a running stack. */
export const runReset = async (context: CommandContext, options: ResetOptions): Promise<void> => {
  const { databaseUrl, userId, confirm } = options;
  if (databaseUrl !== undefined) {
    throw new StartError(
      'DATABASE_URL is set, and that database is not the stack’s to empty; unset it for this command.',
    );
  }
  const folder = makeStateFolder(context.folder.stateDir, userId);
  const { stateDir } = folder;
  const lock = await takeStackLock(folder);
  if (!lock) throw new StartError('A stack runs here and uses the database; stop it first: pnpm stack down');
  try {
    if (!confirm)
      throw new StartError('This deletes every image of the database for good; to agree, add --yes');
    if (!(await confirm(`Delete every image in ${stateDir} for good?`))) {
      context.print('nothing was changed');
      return;
    }
    const { resetEmbeddedPostgres } = await import('@tripod/embedded-postgres/reset-embedded-postgres');
    try {
      await resetEmbeddedPostgres({ stateDir });
    } catch (error) {
      throw toStartError(error);
    }
    context.print('the database is empty; the next start fills it with the first images');
  } finally {
    lock.release();
  }
};
