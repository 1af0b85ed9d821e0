/**
 * Polls until the result is neither undefined nor false, and returns it. For events in other processes. An error that
 * `ask` throws counts as not yet: a file may not be there, or a server may not listen. Throws an error that names `what`
 * after `withinMs` (default 60 s), a limit against hanging; its cause is the last error of `ask`.
 */
export const waitFor = async <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 60_000,
): Promise<T> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline)
      throw new Error(`timed out after ${withinMs} ms waiting for ${what}`, { cause });
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
};
