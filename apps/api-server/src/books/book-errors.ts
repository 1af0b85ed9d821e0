import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the books resource. */
export const bookErrors = defineErrors({
  API_BOOK_INVALID: {
    status: 400,
    title: 'The book is not valid',
    meaning: 'Fields of the book are missing, unknown or wrong; `errors` names each of them.',
  },
  API_BOOK_NOT_FOUND: {
    status: 404,
    title: 'There is no such book',
    meaning: 'No book has this id, or it is not a whole number.',
  },
});
