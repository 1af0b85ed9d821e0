import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of operations that need the database. */
export const databaseErrors = defineErrors({
  API_DATABASE_UNAVAILABLE: {
    status: 503,
    title: 'The database is not available',
    meaning:
      'Postgres can not be used now: away, full, read-only or busy. Nothing was written: try again after `Retry-After`.',
  },
  API_DURABILITY_OFF: {
    status: 503,
    title: 'Writes are refused',
    meaning:
      'Postgres may lose what it confirms: switch on what `/readyz` names, or start with `--allow-unsafe-durability`.',
  },
  API_WRITE_UNCERTAIN: {
    status: 503,
    title: 'The fate of the write is unknown',
    meaning: 'The connection to Postgres broke after the write was sent: look before you send it again.',
  },
});
