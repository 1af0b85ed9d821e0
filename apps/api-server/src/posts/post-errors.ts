import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the posts resource. */
export const postErrors = defineErrors({
  API_POST_INVALID: {
    status: 400,
    title: 'The post is not valid',
    meaning: 'Fields of the post are missing, unknown or wrong; `errors` names each of them.',
  },
  API_POST_NOT_FOUND: {
    status: 404,
    title: 'There is no such post',
    meaning: 'No post has this id, or it is not a whole number.',
  },
});
