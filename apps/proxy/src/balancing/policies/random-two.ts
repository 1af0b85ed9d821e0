import type { SelectionPolicy } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';
import { loadOf } from './least-requests.ts';

/**
 * The less loaded of two available upstreams drawn at random, never the same one twice (Mitzenmacher, "The Power of Two
 * Choices"). Several proxies in front of the same pool then do not all run to the one that looks idle.
 */
export const createRandomTwo =
  (random: () => number): SelectionPolicy =>
  (upstreams) => {
    const available = upstreams.filter((upstream) => upstream.available);
    if (available.length < 2) return available[0];
    const first = Math.floor(random() * available.length);
    const step = 1 + Math.floor(random() * (available.length - 1));
    const one = available[first] as Upstream;
    const other = available[(first + step) % available.length] as Upstream;
    return loadOf(other) < loadOf(one) ? other : one;
  };
