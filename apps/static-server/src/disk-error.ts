import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { staticErrors } from './static-errors.ts';

/** A failure of the file system → what the client is told. Anything unexpected becomes a 500. */
export const fromDiskError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    // A link that leads to itself, or one that was put there after its path was resolved.
    case 'ELOOP':
    // Sockets and devices.
    case 'ENXIO':
    case 'ENODEV':
      return new AppError(httpErrors.NOT_FOUND);
    case 'EACCES':
    case 'EPERM':
      return new AppError(staticErrors.STATIC_FILE_UNREADABLE, { cause: error });
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return new AppError(staticErrors.STATIC_BUSY, { cause: error, headers: { 'Retry-After': '1' } });
    default:
      return new AppError(httpErrors.INTERNAL_ERROR, { cause: error });
  }
};
