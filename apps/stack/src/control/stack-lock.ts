import { StartError } from '@tripod/shared/errors/start-error';
import type { StateFolder } from './state-folder.ts';

export type StackLock = { release(): void };

/**
 * Takes the lock of a state folder, or answers undefined while another process has it. The kernel gives it back when its
 * holder ends in any way, so there is no stale one and no pid to compare.
 */
export const takeStackLock = async ({ lockFile, stateDir }: StateFolder): Promise<StackLock | undefined> => {
  const { takeLock } = await import('@tripod/embedded-postgres/lock');
  try {
    return takeLock(lockFile);
  } catch (error) {
    throw new StartError(
      `The folder ${stateDir} is another user’s or can not be written; choose another one with --state-dir.`,
      error,
    );
  }
};
