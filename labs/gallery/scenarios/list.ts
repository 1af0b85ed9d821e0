import type { Scenario } from '@tripod/load/scenario';

const list = { path: '/api/images.json' };

/** The list of pictures alone, without think time. */
export const scenario: Scenario = {
  title: 'Ask for the list of pictures',
  tasks: [{ name: 'list', run: (user) => user.ask(list) }],
};
