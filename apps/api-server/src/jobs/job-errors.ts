import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the jobs resource. */
export const jobErrors = defineErrors({
  API_JOB_INVALID: {
    status: 400,
    title: 'The job is not valid',
    meaning:
      'The job has no name, another field, or a name with control characters; `errors` names each field.',
  },
});
