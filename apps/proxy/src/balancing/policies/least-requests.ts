import type { SelectionPolicy } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

/** Requests in flight for each unit of weight: what this policy and random-two compare. */
export const loadOf = (upstream: Upstream): number => upstream.inFlight / upstream.weight;

/**
 * The available upstream with the fewest requests in flight for its weight. Ties are broken at random, each of n with
 * the same chance (reservoir sampling): in order, an idle pool would send everything to its first.
 */
export const createLeastRequests =
  (random: () => number): SelectionPolicy =>
  (upstreams) => {
    let least: Upstream | undefined;
    let leastLoad = Number.POSITIVE_INFINITY;
    let ties = 0;
    for (const upstream of upstreams) {
      if (!upstream.available) continue;
      const load = loadOf(upstream);
      if (load < leastLoad) {
        least = upstream;
        leastLoad = load;
        ties = 1;
      } else if (load === leastLoad) {
        ties += 1;
        if (random() * ties < 1) least = upstream;
      }
    }
    return least;
  };
