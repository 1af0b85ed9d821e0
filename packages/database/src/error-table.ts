import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of operations that need the database. */
export const databaseErrors = defineErrors({
  API_DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database is not available',
    meaning:
      'Postgres is unreachable, full, read-only or busy. Nothing was written: try again after `Retry-After`.',
  },
  API_DURABILITY_OFF: {
    status: 503,
    title: 'Writes are refused',
    meaning:
      'Postgres may lose committed writes in a crash: switch on the settings that `/readyz` names, or start with `--allow-unsafe-durability`.',
  },
  API_WRITE_UNCERTAIN: {
    status: 503,
    title: 'The write may or may not have been stored',
    meaning:
      'The connection to Postgres broke after the write was sent: check whether it was stored before you send it again.',
  },
});
