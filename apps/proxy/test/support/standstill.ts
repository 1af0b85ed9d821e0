import { waitFor } from '@tripod/testing/wait-for';

/** Waits until a number above 0 has not changed for several checks, so that both sides of a transfer are blocked. */
export const standstill = async (what: string, read: () => number): Promise<void> => {
  let last = -1;
  let same = 0;
  await waitFor(what, () => {
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
    return now > 0 && same >= 20;
  });
};
