import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Clock } from '@tripod/shared/async/clock';

const keepMs = 5000;

type Kept = { readonly untilMs: number; readonly addresses: readonly LookupAddress[] };

/**
 * Creates a lookup that resolves each name at most every 5 s, to all its addresses, which node:net then tries in turn.
 * (nginx resolves names once at its start and misses later changes.)
 */
export const createUpstreamLookup = (clock: Clock): LookupFunction => {
  const kept = new Map<string, Kept>();
  return (hostname, options, callback) => {
    const answer = (addresses: readonly LookupAddress[]): void => {
      const [first] = addresses;
      if (options.all) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    };
    const known = kept.get(hostname);
    if (known && known.untilMs > clock.monotonicMs()) return answer(known.addresses);
    lookup(hostname, { all: true, verbatim: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      kept.set(hostname, { untilMs: clock.monotonicMs() + keepMs, addresses });
      answer(addresses);
    });
  };
};
