import { bookErrors } from '../../src/books/book-errors.ts';
import { askCollection } from '../support/collection-requests.ts';

export const askedRequests = askCollection({
  target: '/books',
  body: { title: 'The Long Winter', author: 'A. Writer' },
  invalid: bookErrors.API_BOOK_INVALID,
  notFound: bookErrors.API_BOOK_NOT_FOUND,
});
