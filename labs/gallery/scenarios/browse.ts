import type { Scenario } from '@tripod/load/scenario';

const page = { path: '/' };
const list = { path: '/api/images.json' };
const picture = { path: '/images/fox.svg' };

/** Visitors who open the page, which asks for the list and for pictures. */
export const scenario: Scenario = {
  title: 'Browse the gallery',
  thinkTimeMs: [200, 1000],
  tasks: [
    {
      name: 'open the page',
      run: async (user) => {
        await user.ask(page);
        const { status, body } = await user.ask(list);
        if (status === 200 && !body.startsWith('[')) user.fail('the list is no array');
        await user.ask(picture);
      },
    },
  ],
};
