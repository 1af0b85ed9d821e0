import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the rules that hold for every write. */
export const writeErrors = defineErrors({
  API_TOKEN_REQUIRED: {
    status: 401,
    title: 'A token is required',
    meaning:
      'Writes need `Authorization: Bearer TOKEN` with the token of `WRITE_TOKEN`; it is missing or another one.',
  },
  API_TABLE_FULL: {
    status: 507,
    title: 'There is no room for another row',
    meaning: 'The table has as many rows as `--row-limit` allows. Remove rows, or raise the limit.',
  },
  API_WRITE_LIMIT: {
    status: 429,
    title: 'Too many writes',
    meaning:
      'This client address has sent more writes than `--write-limit` allows; try again after `Retry-After`.',
  },
});
