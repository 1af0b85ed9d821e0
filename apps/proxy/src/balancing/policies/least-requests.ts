import type { PolicyDefinition } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

export const leastRequests: PolicyDefinition = {
  summary:
    'Selects the upstream with the fewest requests in flight per unit of weight; breaks ties at random, in proportion to the weights.',
  options: {},
  create: (_options, random) => (upstreams) => {
    let least: Upstream | undefined;
    let leastLoad = Number.POSITIVE_INFINITY;
    let tiedWeight = 0;
    for (const upstream of upstreams) {
      if (!upstream.available) continue;
      const { load } = upstream;
      if (load < leastLoad) {
        least = upstream;
        leastLoad = load;
        tiedWeight = upstream.weight;
      } else if (load === leastLoad) {
        // Weighted reservoir sampling. Without it, an idle pool would always use its first upstream.
        tiedWeight += upstream.weight;
        if (random() * tiedWeight < upstream.weight) least = upstream;
      }
    }
    return least;
  },
};
