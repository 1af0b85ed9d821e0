import type { Upstream } from './upstream.ts';

/** FNV-1a with the final mix of MurmurHash3: without it, keys that differ in one digit get neighbouring values. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
};

/**
 * Selects the same available upstream for the same key by weighted rendezvous hashing: each upstream gets a score from
 * the key and its own id, and the highest score wins. When one of n upstreams joins or leaves, only 1/n of the keys
 * move.
 */
export const selectByHash = (upstreams: readonly Upstream[], key: string): Upstream | undefined => {
  let selected: Upstream | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const upstream of upstreams) {
    if (!upstream.available) continue;
    const draw = (hash(`${key} ${upstream.id}`) + 1) / 4294967297;
    const score = upstream.weight / -Math.log(draw);
    if (score > highest) {
      selected = upstream;
      highest = score;
    }
  }
  return selected;
};
