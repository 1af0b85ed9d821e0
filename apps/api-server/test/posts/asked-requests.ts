import { postErrors } from '../../src/posts/post-errors.ts';
import { askCollection } from '../support/collection-requests.ts';

export const askedRequests = askCollection({
  target: '/posts',
  body: { title: 'Hello', body: 'First lines\nof a post' },
  invalid: postErrors.API_POST_INVALID,
  notFound: postErrors.API_POST_NOT_FOUND,
});
