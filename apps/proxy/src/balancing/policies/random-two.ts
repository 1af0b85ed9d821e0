import type { PolicyDefinition } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

/**
 * Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing". Several proxies in front of the same pool do
 * not all select the upstream that looks idle at the moment.
 */
export const randomTwo: PolicyDefinition = {
  summary:
    'Draws two different upstreams at random and selects the one with fewer requests in flight per unit of weight.',
  options: {},
  create: (_options, random) => (upstreams) => {
    const available = upstreams.filter((upstream) => upstream.available);
    if (available.length < 2) return available[0];
    const first = Math.floor(random() * available.length);
    const step = 1 + Math.floor(random() * (available.length - 1));
    const one = available[first] as Upstream;
    const other = available[(first + step) % available.length] as Upstream;
    return other.load < one.load ? other : one;
  },
};
