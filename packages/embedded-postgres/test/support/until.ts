import { waitFor } from '@tripod/testing/wait-for';

/** Waits until the condition holds and returns its value. Throws when it does not hold in time. */
export const until = <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => waitFor(`the moment when ${what}`, ask);
