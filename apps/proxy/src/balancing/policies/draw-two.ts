import type { Upstream } from '../upstream.ts';

/**
 * Draws two different available upstreams at random; the same one twice when there is only one, and undefined without
 * any. `random` returns a number from 0 up to 1.
 */
export const drawTwo = (
  upstreams: readonly Upstream[],
  random: () => number,
): readonly [Upstream, Upstream] | undefined => {
  const available = upstreams.filter((upstream) => upstream.available);
  const [only] = available;
  if (!only) return undefined;
  if (available.length === 1) return [only, only];
  const first = Math.floor(random() * available.length);
  const step = 1 + Math.floor(random() * (available.length - 1));
  return [available[first] as Upstream, available[(first + step) % available.length] as Upstream];
};
