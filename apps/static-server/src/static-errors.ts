import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the static server. */
export const staticErrors = defineErrors({
  STATIC_PATH_INVALID: {
    status: 400,
    title: 'The path is malformed',
    meaning: 'The path holds a raw NUL, a raw backslash or broken percent-encoding.',
  },
  STATIC_FILE_UNREADABLE: {
    status: 403,
    title: 'The server may not read this file',
    meaning: 'The file is there, but the user of the static server has no right to read it.',
  },
  STATIC_PRECONDITION_FAILED: {
    status: 412,
    title: 'The file is not in the state asked for',
    meaning: '`If-Match` or `If-Unmodified-Since` does not hold for the file as it is now.',
  },
  STATIC_RANGE_INVALID: {
    status: 416,
    title: 'The range lies outside the file',
    meaning: '`Range` starts past the end of the file; `Content-Range` tells its length.',
  },
  STATIC_BUSY: {
    status: 503,
    title: 'The file can not be read just now',
    meaning:
      'No file descriptor is left, or the file is being written to again and again: try again after `Retry-After`.',
  },
});
