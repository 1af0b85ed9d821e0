import { databaseErrors } from '@tripod/database/error-table';
import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import { stateErrors } from '@tripod/state/store/state-errors';

/** Errors of an operation that reads shared state, in Postgres or in Redis. */
export const stateReadFailures: readonly ErrorDefinition[] = [
  databaseErrors.API_DATABASE_UNAVAILABLE,
  stateErrors.API_STATE_UNAVAILABLE,
];

/** Errors of an operation that changes shared state. */
export const stateWriteFailures: readonly ErrorDefinition[] = [
  ...stateReadFailures,
  databaseErrors.API_DURABILITY_OFF,
  databaseErrors.API_WRITE_UNCERTAIN,
];
