import { StartError } from '@tripod/shared/errors/start-error';
import type { StateFolder } from './state-folder.ts';

export type StackLock = { release(): void };

/**
 * Takes the lock of a state folder. Returns undefined while another process holds it. The kernel releases the lock when
 * its holder ends in any way, so that a lock is never stale.
 */
export const takeStackLock = async ({ lockFile, stateDir }: StateFolder): Promise<StackLock | undefined> => {
  const { takeLock } = await import('@tripod/embedded-postgres/lock');
  try {
    return takeLock(lockFile);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith(lockFile)) {
      throw new StartError(`${message} Or choose another one with --state-dir.`, error);
    }
    throw new StartError(
      `The folder ${stateDir} belongs to another user or is not writable; choose another one with --state-dir.`,
      error,
    );
  }
};
