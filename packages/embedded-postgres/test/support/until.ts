import { waitFor } from '@tripod/testing/wait-for';

/** Waits until it holds, and gives the answer; throws when it does not come true. */
export const until = <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => waitFor(`the moment when ${what}`, ask);
