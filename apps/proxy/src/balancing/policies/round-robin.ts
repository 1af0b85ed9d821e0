import type { SelectionPolicy } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

/**
 * Smooth weighted round robin: each turn every available upstream gains its weight in credit, the richest is chosen
 * and pays the sum of the weights. Weights 5, 1, 1 give a b a c a a a rather than five in a row. Over as many turns
 * as the weights add up to, each gets exactly its share.
 */
export const createRoundRobin = (): SelectionPolicy => {
  const credits = new WeakMap<Upstream, number>();
  return (upstreams) => {
    let total = 0;
    let richest: Upstream | undefined;
    let most = 0;
    for (const upstream of upstreams) {
      if (!upstream.available) continue;
      const credit = (credits.get(upstream) ?? 0) + upstream.weight;
      credits.set(upstream, credit);
      total += upstream.weight;
      if (!richest || credit > most) {
        richest = upstream;
        most = credit;
      }
    }
    if (richest) credits.set(richest, most - total);
    return richest;
  };
};
