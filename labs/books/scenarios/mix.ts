import type { Scenario, User } from '@tripod/load/scenario';

const list = { path: '/api/books' };

const addBook = async (user: User): Promise<void> => {
  const json = { title: `A Book of User ${user.number}`, author: 'A Load Test' };
  const { status, header } = await user.ask({ method: 'POST', path: '/api/books', json, status: 201 });
  if (status !== 201) return;
  user.tally('added');
  const { status: found } = await user.ask({ path: `/api/${header('location')}`, name: '/api/books/:id' });
  // Another copy may answer: a confirmed book must be there at once.
  if (found === 404) user.fail('a book that was just added is missing');
};

/** Nine of ten users list books, and one adds a book and reads it again. */
export const scenario: Scenario = {
  title: 'List and add books',
  thinkTimeMs: [100, 500],
  usualRunTimeMs: 180_000,
  tasks: [
    { name: 'list', weight: 9, run: (user) => user.ask(list) },
    { name: 'add', weight: 1, run: addBook },
  ],
};
