import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 40;
const LIMIT_MS = 20_000;

/** Waits until the answer is truthy, and gives it; throws when it does not come true within 20 s. */
export const until = async <T>(what: string, ask: () => T | Promise<T>): Promise<NonNullable<T>> => {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(POLL_MS);
  }
};
