import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import fc from 'fast-check';
import { policyNames } from '../../src/balancing/policies/policy-table.ts';
import type { Upstream } from '../../src/balancing/upstream.ts';
import type { UpstreamPool } from '../../src/balancing/upstream-pool.ts';
import { makeRoutes, type RoutesConfig } from '../../src/routing/make-routes.ts';
import { parseRouteObjects } from '../../src/routing/route-objects.ts';
import type { Route } from '../../src/routing/route-table.ts';
import { aRequest, routeTimeouts } from '../support/make-pool.ts';

type PoolFacts = { readonly name: string; readonly weights: Readonly<Record<number, number>> };

const pool: fc.Arbitrary<PoolFacts> = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  weights: fc.dictionary(fc.constantFrom('1', '2', '3', '4'), fc.integer({ min: 1, max: 5 }), { minKeys: 1 }),
});

/** A configuration, and what happens until the next one replaces it. */
const reload = fc.record({
  pools: fc.uniqueArray(pool, { minLength: 1, selector: ({ name }) => name }),
  policy: fc.constantFrom(...policyNames),
  requests: fc.nat(6),
  ended: fc.nat(6),
});

const configOf = (pools: readonly PoolFacts[], policy: RoutesConfig['policy']): RoutesConfig => ({
  policy,
  ...routeTimeouts,
  maxBodyBytes: 1000,
  routes: parseRouteObjects(
    pools.map(({ name, weights }) => ({
      prefix: `/${name}/`,
      pool: name,
      upstreams: Object.entries(weights).map(([port, weight]) => ({
        url: `http://127.0.0.1:${port}`,
        weight,
      })),
    })),
  ),
});

const idsOf = (pools: readonly UpstreamPool[]): ReadonlyMap<string, Upstream> =>
  new Map(pools.flatMap(({ name, upstreams }) => upstreams.map((one) => [`${name} ${one.id}`, one])));

describe('makeRoutes', () => {
  it('keeps the upstreams that stay, drains those that leave and loses no request in flight over many reloads', () => {
    fc.assert(
      fc.property(fc.array(reload, { minLength: 1, maxLength: 8 }), fc.boolean(), (reloads, activeChecks) => {
        let pools: readonly UpstreamPool[] = [];
        const removed = new Set<Upstream>();
        const inFlight: Upstream[] = [];
        for (const { pools: facts, policy, requests, ended } of reloads) {
          const before = idsOf(pools);
          const routes: readonly Route[] = makeRoutes(configOf(facts, policy), {
            earlier: pools,
            clock: createFakeClock(),
            stickyKey: Buffer.alloc(32),
            random: Math.random,
            activeChecks,
            onRemoved: (upstream) => {
              upstream.setDraining(true);
              removed.add(upstream);
            },
          });
          pools = routes.map(({ pool: one }) => one);
          const after = idsOf(pools);
          for (const [id, upstream] of after) {
            if (before.has(id)) expect(upstream).toBe(before.get(id));
            expect(removed.has(upstream)).toBe(false);
          }
          for (const [id, upstream] of before) expect(removed.has(upstream)).toBe(!after.has(id));
          for (const { name, weights } of facts) {
            const made = pools.find((one) => one.name === name);
            expect(made?.policyChoice.name).toBe(policy);
            expect(Object.fromEntries(made?.upstreams.map((one) => [one.port, one.weight]) ?? [])).toEqual(
              weights,
            );
            // After every reload some upstream can be selected.
            expect(made?.select(aRequest, [])).toBeDefined();
          }
          for (let request = 0; request < requests; request += 1) {
            const chosen = pools[request % pools.length]?.select(aRequest, []);
            chosen?.startAttempt();
            if (chosen) inFlight.push(chosen);
          }
          for (const upstream of inFlight.splice(0, ended)) upstream.endAttempt();
          for (const upstream of new Set([...after.values(), ...removed])) {
            expect(upstream.inFlight).toBe(inFlight.filter((one) => one === upstream).length);
            expect(upstream.drained).toBe(removed.has(upstream) && upstream.inFlight === 0);
          }
        }
      }),
    );
  });
});
