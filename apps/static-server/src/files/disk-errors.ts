import { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';

/** Errors of reading a file from the disk. */
export const diskErrors = defineErrors({
  STATIC_FILE_UNREADABLE: {
    status: 403,
    title: 'The server may not read this file',
    meaning: 'The file exists, but the user that runs the static server may not read it.',
  },
  STATIC_BUSY: {
    status: 503,
    title: 'The file cannot be read at the moment',
    meaning:
      'No file descriptor is left, or the file keeps changing while it is read: try again after `Retry-After`.',
  },
});

/** The error for a client that asked for a file which can't be read at the moment. */
export const createBusyError = (cause: unknown): AppError =>
  new AppError(diskErrors.STATIC_BUSY, { cause, headers: { 'Retry-After': '1' } });

/** Converts a file system error to the error for the client. An unexpected one becomes INTERNAL_ERROR (500). */
export const fromDiskError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    // A link that leads to itself, or one that replaced the file after its path was resolved.
    case 'ELOOP':
    // A socket or a device.
    case 'ENXIO':
    case 'ENODEV':
    // A name that this file system can't hold, such as one that is not UTF-8 on macOS.
    case 'EILSEQ':
      return new AppError(httpErrors.NOT_FOUND);
    case 'EACCES':
    case 'EPERM':
      return new AppError(diskErrors.STATIC_FILE_UNREADABLE, { cause: error });
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return createBusyError(error);
    default:
      return new AppError(httpErrors.INTERNAL_ERROR, { cause: error });
  }
};
