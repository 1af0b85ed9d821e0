import { waitFor } from '@tripod/shared/testing/wait-for';

const limitMs = 20_000;

/** Waits until it holds, and gives the answer; throws when it does not come true within 20 s. */
export const until = <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => waitFor(`the moment when ${what}`, ask, limitMs);
