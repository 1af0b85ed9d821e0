import type { PolicyDefinition } from '../selection-policy.ts';
import { drawTwo } from './draw-two.ts';

/**
 * Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing". Several proxies in front of the same pool do
 * not all select the upstream that looks idle at the moment.
 */
export const randomTwo: PolicyDefinition = {
  summary:
    'Draws two different upstreams at random and selects the one with fewer requests in flight per unit of weight.',
  options: {},
  create: (_options, random) => (upstreams) => {
    const [one, other] = drawTwo(upstreams, random) ?? [];
    return one && other && other.load < one.load ? other : one;
  },
};
