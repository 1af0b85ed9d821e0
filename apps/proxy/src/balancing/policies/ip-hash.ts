import type { SelectionPolicy } from '../selection-policy.ts';
import type { Upstream } from '../upstream.ts';

/** FNV-1a, finished by a mixer (that of MurmurHash3) so that addresses that differ in one digit land far apart. */
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
 * The same client goes to the same upstream, by weighted rendezvous hashing: each available upstream draws a score from
 * the client's address and its own id, and the highest wins. One upstream more or less among n moves only every n-th
 * client; the others stay where they are.
 */
export const createIpHash =
  (): SelectionPolicy =>
  (upstreams, { clientAddress }) => {
    let winner: Upstream | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (const upstream of upstreams) {
      if (!upstream.available) continue;
      const draw = (hash(`${clientAddress} ${upstream.id}`) + 1) / 4294967297;
      const score = upstream.weight / -Math.log(draw);
      if (score > highest) {
        winner = upstream;
        highest = score;
      }
    }
    return winner;
  };
