import type { PolicyDefinition } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

type Entry = { readonly upstream: Upstream; readonly weight: number; credit: number };

const isStale = (entries: readonly Entry[], upstreams: readonly Upstream[]): boolean => {
  let count = 0;
  for (const upstream of upstreams) {
    if (!upstream.serving) continue;
    const entry = entries[count];
    if (entry?.upstream !== upstream || entry.weight !== upstream.weight) return true;
    count += 1;
  }
  return count !== entries.length;
};

/**
 * Smooth weighted round robin, as in nginx: on each turn every available upstream gains its weight in credit; the one
 * with the most credit is selected and pays the sum of the weights. When an upstream joins, leaves or changes its
 * weight, all credit is reset. An upstream that is only full keeps its entry, or the upstreams behind it would never be
 * selected.
 */
export const roundRobin: PolicyDefinition = {
  summary:
    'Selects the upstreams in turn, weighted and interleaved: weights 5, 1, 1 give a b a c a a a, and over 7 requests each gets its exact share.',
  options: {},
  create: () => {
    let entries: readonly Entry[] = [];
    return (upstreams, _request, isRetry = false) => {
      if (!isRetry && isStale(entries, upstreams)) {
        entries = upstreams
          .filter(({ serving }) => serving)
          .map((upstream) => ({ upstream, weight: upstream.weight, credit: 0 }));
      }
      let total = 0;
      let selected: Entry | undefined;
      for (const entry of entries) {
        const { upstream, weight } = entry;
        if (!upstream.available || (isRetry && !upstreams.includes(upstream))) continue;
        entry.credit += weight;
        total += weight;
        if (!selected || entry.credit > selected.credit) selected = entry;
      }
      // An upstream that joined after the last first attempt has no entry yet.
      if (!selected) return upstreams.find(({ available }) => available);
      selected.credit -= total;
      return selected.upstream;
    };
  },
};
