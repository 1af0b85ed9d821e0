import type { Scenario, User } from '@tripod/load/scenario';

const list = { path: '/api/posts' };

const addPost = async (user: User): Promise<void> => {
  const json = { title: `A post of user ${user.number}`, body: 'Written by a load test. '.repeat(10) };
  const { status, header } = await user.ask({ method: 'POST', path: '/api/posts', json, status: 201 });
  if (status !== 201) return;
  const { status: found } = await user.ask({ path: `/api/${header('location')}`, name: '/api/posts/:id' });
  if (found === 404) user.fail('a post that was just added is missing');
};

/** Nineteen of twenty requests list posts, and one adds a post and reads it again. */
export const scenario: Scenario = {
  title: 'List and add posts',
  tasks: [
    { name: 'list', weight: 19, run: (user) => user.ask(list) },
    { name: 'add', weight: 1, run: addPost },
  ],
};
