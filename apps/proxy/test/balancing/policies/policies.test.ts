import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { policyNames, selectionPolicies } from '../../../src/balancing/policies/policy-table.ts';
import type { PolicyDefinition } from '../../../src/balancing/selection-policy.ts';
import { Upstream } from '../../../src/balancing/upstream.ts';
import { aRequest, makePolicy, makeRequest } from '../../support/make-pool.ts';

const upstreamAt = (index: number, weight = 1): Upstream =>
  new Upstream({ url: new URL(`http://127.0.0.1:${9000 + index}`), weight });

const poolOf = (weights: readonly number[]): Upstream[] => weights.map((weight, i) => upstreamAt(i, weight));

/** Pools of 1 to 8 upstreams with random weights, loads and states. */
const anyPool = fc
  .array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), inFlight: fc.nat(20), down: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((facts) =>
    facts.map(({ weight, inFlight, down }, index) => {
      const upstream = upstreamAt(index, weight);
      for (let n = 0; n < inFlight; n += 1) upstream.startAttempt();
      if (down) upstream.setHealthy(false, 'down');
      return upstream;
    }),
  );

const clients = Array.from({ length: 3000 }, (_, i) =>
  makeRequest({ clientAddress: `10.${i % 7}.${i % 251}.${Math.floor(i / 12)}` }),
);

describe.each(policyNames)('selection policy %s', (name) => {
  it('selects an available upstream, and none only when none is available', () => {
    fc.assert(
      fc.property(anyPool, fc.ipV4(), (pool, clientAddress) => {
        const selected = makePolicy(name)(pool, makeRequest({ clientAddress }));
        const available = pool.filter((upstream) => upstream.available);
        expect(selected === undefined).toBe(available.length === 0);
        if (selected) expect(available).toContain(selected);
      }),
    );
  });

  it('changes no upstream', () => {
    fc.assert(
      fc.property(anyPool, (pool) => {
        const facts = () => pool.map(({ inFlight, weight, state }) => ({ inFlight, weight, state }));
        const before = facts();
        makePolicy(name)(pool, aRequest);
        expect(facts()).toEqual(before);
      }),
    );
  });

  it('has defaults that its own options allow', () => {
    const definition: PolicyDefinition = selectionPolicies[name];
    expect(definition.summary).toMatch(/^[A-Z].*\.$/);
    for (const option of Object.values(definition.options)) {
      expect(option.default).toMatch(new RegExp(option.pattern));
    }
  });
});

describe('selection policy least-requests', () => {
  it('selects an upstream with the fewest requests in flight per unit of weight', () => {
    fc.assert(
      fc.property(anyPool, (pool) => {
        const selected = makePolicy('least-requests')(pool, aRequest);
        const loads = pool.filter((u) => u.available).map((u) => u.inFlight / u.weight);
        const least = loads.length === 0 ? undefined : Math.min(...loads);
        expect(selected && selected.inFlight / selected.weight).toBe(least);
      }),
    );
  });

  it('breaks ties at random, each with the same chance', () => {
    const pool = poolOf([1, 1, 1, 1]);
    // Every combination of three draws out of 24 steps gives exact counts.
    const counts = new Map<Upstream, number>();
    for (let a = 0; a < 24; a += 1) {
      for (let b = 0; b < 24; b += 1) {
        for (let c = 0; c < 24; c += 1) {
          const draws = [a / 24, b / 24, c / 24];
          const selected = makePolicy('least-requests', () => draws.shift() ?? 0)(pool, aRequest);
          if (selected) counts.set(selected, (counts.get(selected) ?? 0) + 1);
        }
      }
    }
    expect([...counts.values()]).toEqual([3456, 3456, 3456, 3456]);
  });
});

describe('selection policy least-requests at ties', () => {
  it('gives each upstream its share by weight', () => {
    const pool = poolOf([3, 1, 4]);
    // Every combination of two draws out of 24 steps gives exact counts.
    const counts = new Map<Upstream, number>(pool.map((upstream) => [upstream, 0]));
    for (let a = 0; a < 24; a += 1) {
      for (let b = 0; b < 24; b += 1) {
        const draws = [0, a / 24, b / 24];
        const selected = makePolicy('least-requests', () => draws.splice(1, 1)[0] ?? 0)(pool, aRequest);
        if (selected) counts.set(selected, (counts.get(selected) ?? 0) + 1);
      }
    }
    expect([...counts.values()]).toEqual([216, 72, 288]);
  });
});

describe('selection policy random-two', () => {
  it('draws two different upstreams and selects the less loaded one', () => {
    const pool = poolOf([1, 1, 1]);
    pool[0]?.startAttempt();
    for (const first of [0, 0.4, 0.9]) {
      for (const second of [0, 0.6]) {
        const draws = [first, second];
        const one = Math.floor(first * 3);
        const other = (one + 1 + Math.floor(second * 2)) % 3;
        const selected = makePolicy('random-two', () => draws.shift() ?? 0)(pool, aRequest);
        expect(selected).toBe(pool[one === 0 ? other : one]);
      }
    }
  });
});

describe('selection policy ip-hash', () => {
  const select = makePolicy('ip-hash');

  it('sends a client to the same upstream each time', () => {
    const pool = poolOf([1, 1, 1]);
    for (const client of clients.slice(0, 100)) {
      expect(select(pool, client)).toBe(select([...pool].reverse(), client));
    }
  });

  it('distributes clients by weight', () => {
    const pool = poolOf([1, 2, 3]);
    const counts = pool.map(
      (upstream) => clients.filter((client) => select(pool, client) === upstream).length,
    );
    for (const [index, count] of counts.entries()) {
      const fair = (clients.length * (index + 1)) / 6;
      expect(Math.abs(count - fair)).toBeLessThan(fair * 0.15);
    }
  });

  it('moves only one n-th of the clients when one of n upstreams joins', () => {
    const four = poolOf([1, 1, 1, 1]);
    const [, , , added] = four;
    const three = four.slice(0, 3);
    const moved = clients.filter((client) => select(three, client) !== select(four, client));
    expect(moved.every((client) => select(four, client) === added)).toBe(true);
    expect(Math.abs(moved.length - clients.length / 4)).toBeLessThan(clients.length * 0.03);
  });
});

describe('selection policy hash', () => {
  const pool = poolOf([1, 1, 1, 1, 1]);
  const numbers = Array.from({ length: 50 }, (_, index) => index);

  it.each([
    ['path', (n: number) => ({ target: `/page/${n}?x=${Math.random()}` })],
    ['host', (n: number) => ({ host: n % 2 ? `Site${n}.example` : `site${n}.EXAMPLE` })],
    ['header:X-User', (n: number) => ({ lines: { 'x-user': `user ${n}` } })],
    ['cookie:sid', (n: number) => ({ lines: { cookie: `a=${Math.random()}; sid=s${n}; b=1` } })],
  ])('sends requests with the same %s to the same upstream, whatever else differs', (key, factsOf) => {
    const select = makePolicy({ name: 'hash', key });
    const selected = numbers.map((n) => {
      const once = select(pool, makeRequest({ ...factsOf(n), clientAddress: '10.0.0.1' }));
      expect(select(pool, makeRequest({ ...factsOf(n), clientAddress: '10.0.0.2' }))).toBe(once);
      return once;
    });
    expect(new Set(selected).size).toBe(5);
  });

  it.each(['header:x-user', 'cookie:sid', 'host'])(
    'uses the client address for a request without its key %s',
    (key) => {
      const select = makePolicy({ name: 'hash', key });
      for (const { clientAddress } of clients.slice(0, 50)) {
        const request = makeRequest({ clientAddress, host: undefined, lines: { cookie: 'other=1' } });
        expect(select(pool, request)).toBe(makePolicy('ip-hash')(pool, request));
      }
    },
  );
});
