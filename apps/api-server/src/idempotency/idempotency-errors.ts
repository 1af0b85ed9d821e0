import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the header Idempotency-Key. */
export const idempotencyErrors = defineErrors({
  API_IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: 'The Idempotency-Key is not valid',
    meaning: '`Idempotency-Key` must be sent once, with 1 to 255 visible ASCII characters and no spaces.',
  },
  API_IDEMPOTENCY_RUNNING: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
    meaning:
      'Another request with this `Idempotency-Key` has not ended within 2 seconds. Send it again after `Retry-After` to get its answer.',
  },
  API_IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    meaning: 'This `Idempotency-Key` was sent with another body or to another path within the last 24 hours.',
  },
});
