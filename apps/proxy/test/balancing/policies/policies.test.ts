import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createIpHash } from '../../../src/balancing/policies/ip-hash.ts';
import { createLeastRequests } from '../../../src/balancing/policies/least-requests.ts';
import { createRandomTwo } from '../../../src/balancing/policies/random-two.ts';
import { selectionPolicies } from '../../../src/balancing/policy-table.ts';
import { Upstream } from '../../../src/balancing/upstream.ts';

const upstreamAt = (index: number, weight = 1): Upstream =>
  new Upstream({ url: new URL(`http://127.0.0.1:${9000 + index}`), weight });

const poolOf = (weights: readonly number[]): Upstream[] => weights.map((weight, i) => upstreamAt(i, weight));

/** Pools of 1 to 8 with random weights, loads and states. */
const anyPool = fc
  .array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), inFlight: fc.nat(20), down: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((facts) =>
    facts.map(({ weight, inFlight, down }, index) => {
      const upstream = upstreamAt(index, weight);
      for (let n = 0; n < inFlight; n += 1) upstream.began();
      if (down) upstream.setHealthy(false, 'down');
      return upstream;
    }),
  );

const clients = Array.from({ length: 3000 }, (_, i) => ({
  clientAddress: `10.${i % 7}.${i % 251}.${Math.floor(i / 12)}`,
}));

describe.each(Object.entries(selectionPolicies))('%s', (_name, create) => {
  it('chooses an available upstream, and none only when there is none', () => {
    fc.assert(
      fc.property(anyPool, fc.ipV4(), (pool, clientAddress) => {
        const policy = create(Math.random);
        const chosen = policy(pool, { clientAddress });
        const available = pool.filter((upstream) => upstream.available);
        expect(chosen === undefined).toBe(available.length === 0);
        if (chosen) expect(available).toContain(chosen);
      }),
    );
  });

  it('changes no upstream', () => {
    fc.assert(
      fc.property(anyPool, (pool) => {
        const facts = () => pool.map(({ inFlight, weight, state }) => ({ inFlight, weight, state }));
        const before = facts();
        create(Math.random)(pool, { clientAddress: '10.0.0.1' });
        expect(facts()).toEqual(before);
      }),
    );
  });
});

describe('least-requests', () => {
  it('chooses one with the least requests in flight for its weight', () => {
    fc.assert(
      fc.property(anyPool, (pool) => {
        const chosen = createLeastRequests(Math.random)(pool, { clientAddress: '' });
        const loads = pool.filter((u) => u.available).map((u) => u.inFlight / u.weight);
        const least = loads.length === 0 ? undefined : Math.min(...loads);
        expect(chosen && chosen.inFlight / chosen.weight).toBe(least);
      }),
    );
  });

  it('breaks ties at random, each with the same chance', () => {
    const pool = poolOf([1, 1, 1, 1]);
    // Every combination of three draws out of 24 steps: exact counts instead of luck.
    const counts = new Map<Upstream, number>();
    for (let a = 0; a < 24; a += 1) {
      for (let b = 0; b < 24; b += 1) {
        for (let c = 0; c < 24; c += 1) {
          const draws = [a / 24, b / 24, c / 24];
          const chosen = createLeastRequests(() => draws.shift() ?? 0)(pool, { clientAddress: '' });
          if (chosen) counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
        }
      }
    }
    expect([...counts.values()]).toEqual([3456, 3456, 3456, 3456]);
  });
});

describe('random-two', () => {
  it('draws two different upstreams and takes the less loaded', () => {
    const pool = poolOf([1, 1, 1]);
    pool[0]?.began();
    for (const first of [0, 0.4, 0.9]) {
      for (const second of [0, 0.6]) {
        const draws = [first, second];
        const one = Math.floor(first * 3);
        const other = (one + 1 + Math.floor(second * 2)) % 3;
        const chosen = createRandomTwo(() => draws.shift() ?? 0)(pool, { clientAddress: '' });
        expect(chosen).toBe(pool[one === 0 ? other : one]);
      }
    }
  });
});

describe('ip-hash', () => {
  it('sends a client to the same upstream each time', () => {
    const pool = poolOf([1, 1, 1]);
    for (const client of clients.slice(0, 100)) {
      expect(createIpHash()(pool, client)).toBe(createIpHash()([...pool].reverse(), client));
    }
  });

  it('shares clients out by weight', () => {
    const pool = poolOf([1, 2, 3]);
    const counts = pool.map(
      (upstream) => clients.filter((client) => createIpHash()(pool, client) === upstream).length,
    );
    for (const [index, count] of counts.entries()) {
      const fair = (clients.length * (index + 1)) / 6;
      expect(Math.abs(count - fair)).toBeLessThan(fair * 0.15);
    }
  });

  it('moves only the clients of an upstream that goes, and with one more only every n-th', () => {
    const four = poolOf([1, 1, 1, 1]);
    const [, , , added] = four;
    const three = four.slice(0, 3);
    const moved = clients.filter((client) => createIpHash()(three, client) !== createIpHash()(four, client));
    expect(moved.every((client) => createIpHash()(four, client) === added)).toBe(true);
    expect(Math.abs(moved.length - clients.length / 4)).toBeLessThan(clients.length * 0.03);
  });
});
