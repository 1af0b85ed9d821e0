import type { Scenario, User } from '@tripod/load/scenario';

const list = { path: '/api/images.json' };
const maxTries = 4;

/** Asks again at once when a request has failed, three times at most, as careless clients do. */
const askAgain = async (user: User): Promise<void> => {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const { status } = await user.ask(list);
    if (status > 0 && status < 500) return;
  }
};

/** Clients that multiply their requests while the system fails. */
export const scenario: Scenario = {
  title: 'Ask for the list of pictures, and again at once after a failure',
  tasks: [{ name: 'ask', run: askAgain }],
};
