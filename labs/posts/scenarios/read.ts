import type { Scenario, User } from '@tripod/load/scenario';

/** The demonstration data of the lab. */
const posts = 10_000;

const readPost = async (user: User): Promise<void> => {
  const path = `/api/posts/${1 + Math.floor(user.random() * posts)}`;
  const { body } = await user.ask({ path, name: '/api/posts/:id' });
  if (body.includes('too many clients')) user.fail('a client saw an error of Postgres');
};

/** Each request reads a post of its own, so that requests do not share queries. */
export const scenario: Scenario = {
  title: 'Read posts by their ids',
  tasks: [{ name: 'read', run: readPost }],
};
