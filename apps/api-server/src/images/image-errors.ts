import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of images. */
export const imageErrors = defineErrors({
  API_IMAGE_INVALID: {
    status: 400,
    title: 'The image is not valid',
    meaning: 'Fields are missing, unknown or wrong; `errors` names each of them.',
  },
});
