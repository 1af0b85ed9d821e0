import type { SelectionPolicy } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

/** An upstream's place in the turn, with what it has saved up. */
type Place = { readonly upstream: Upstream; readonly weight: number; credit: number };

/** Whether these places are still those of the upstreams that serve, with their weights. */
const isStale = (places: readonly Place[], upstreams: readonly Upstream[]): boolean => {
  let count = 0;
  for (const upstream of upstreams) {
    if (!upstream.serving) continue;
    const place = places[count];
    if (place?.upstream !== upstream || place.weight !== upstream.weight) return true;
    count += 1;
  }
  return count !== places.length;
};

/**
 * Smooth weighted round robin: each turn every available upstream gains its weight in credit, the richest is chosen
 * and pays the sum of the weights. Weights 5, 1, 1 give a b a c a a a rather than five in a row. Over as many turns
 * as the weights add up to, each gets exactly its share. When an upstream joins, leaves or changes its weight, all begin
 * anew without credit; one that is only full for the moment keeps its place, or those behind it would never have their
 * turn.
 */
export const createRoundRobin = (): SelectionPolicy => {
  let places: readonly Place[] = [];
  return (upstreams, _request, isRetry = false) => {
    if (!isRetry && isStale(places, upstreams)) {
      places = upstreams
        .filter(({ serving }) => serving)
        .map((upstream) => ({ upstream, weight: upstream.weight, credit: 0 }));
    }
    let total = 0;
    let richest: Place | undefined;
    for (const place of places) {
      const { upstream, weight } = place;
      if (!upstream.available || (isRetry && !upstreams.includes(upstream))) continue;
      place.credit += weight;
      total += weight;
      if (!richest || place.credit > richest.credit) richest = place;
    }
    // One that has joined since the last turn began has no place yet.
    if (!richest) return upstreams.find(({ available }) => available);
    richest.credit -= total;
    return richest.upstream;
  };
};
