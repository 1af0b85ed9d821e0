import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the keys resource. */
export const keyErrors = defineErrors({
  API_KEY_NOT_FOUND: {
    status: 404,
    title: 'There is no such key',
    meaning: 'No value has been set for this key.',
  },
});
