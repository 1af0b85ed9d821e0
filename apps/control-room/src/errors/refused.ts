import { AppError } from '@tripod/shared/errors/app-error';
import { roomErrors } from './room-errors.ts';

/** Runs something that another process may refuse. Its failure becomes ROOM_ACTION_REFUSED with its sentence. */
export const refused = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError(roomErrors.ROOM_ACTION_REFUSED, { detail, cause: error });
  }
};
