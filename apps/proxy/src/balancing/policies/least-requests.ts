import type { PolicyDefinition } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

export const leastRequests: PolicyDefinition = {
  summary:
    'Selects the upstream with the fewest requests in flight per unit of weight; breaks ties at random.',
  options: {},
  create: (_options, random) => (upstreams) => {
    let least: Upstream | undefined;
    let leastLoad = Number.POSITIVE_INFINITY;
    let ties = 0;
    for (const upstream of upstreams) {
      if (!upstream.available) continue;
      const { load } = upstream;
      if (load < leastLoad) {
        least = upstream;
        leastLoad = load;
        ties = 1;
      } else if (load === leastLoad) {
        // Reservoir sampling: each of n ties has the same chance. Without it, an idle pool would always use its first.
        ties += 1;
        if (random() * ties < 1) least = upstream;
      }
    }
    return least;
  },
};
