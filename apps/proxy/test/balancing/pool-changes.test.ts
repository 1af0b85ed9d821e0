import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRoundRobin } from '../../src/balancing/policies/round-robin.ts';
import { selectionPolicies } from '../../src/balancing/policy-table.ts';
import { Upstream } from '../../src/balancing/upstream.ts';
import { UpstreamPool } from '../../src/balancing/upstream-pool.ts';
import { aRequest } from '../support/make-pool.ts';

type Change = {
  readonly what:
    | 'add'
    | 'remove'
    | 'eject'
    | 'restore'
    | 'drain'
    | 'undrain'
    | 'enable'
    | 'disable'
    | 'weight'
    | 'up'
    | 'down'
    | 'request'
    | 'retry'
    | 'end';
  /** Which upstream, counted round, or which request in flight. */
  readonly which: number;
  readonly weight: number;
};

const change: fc.Arbitrary<Change> = fc.record({
  what: fc.constantFrom<Change['what'][]>(
    'add',
    'remove',
    'eject',
    'restore',
    'drain',
    'undrain',
    'enable',
    'disable',
    'weight',
    'up',
    'down',
    'request',
    'request',
    'request',
    'retry',
    'end',
  ),
  which: fc.nat(20),
  weight: fc.integer({ min: 1, max: 9 }),
});

/** A pool of which everything changes all the time, as by checks, operators and reloads. */
const run = (pool: UpstreamPool, changes: readonly Change[]): readonly Upstream[] => {
  const inFlight: Upstream[] = [];
  let port = 9000;
  const begin = (tried: readonly Upstream[]): void => {
    const chosen = pool.select(aRequest, tried);
    const candidates = pool.upstreams.filter((one) => one.available && !tried.includes(one));
    expect(chosen === undefined).toBe(candidates.length === 0);
    if (!chosen) return;
    expect(candidates).toContain(chosen);
    chosen.began();
    inFlight.push(chosen);
  };
  for (const { what, which, weight } of changes) {
    const upstream = pool.upstreams[which % Math.max(1, pool.upstreams.length)];
    if (what === 'add') {
      port += 1;
      pool.add(new Upstream({ url: new URL(`http://127.0.0.1:${port}`), weight }));
    } else if (what === 'request') begin([]);
    else if (what === 'retry') begin(upstream ? [upstream] : []);
    else if (what === 'end') inFlight.splice(which % Math.max(1, inFlight.length), 1)[0]?.ended();
    else if (!upstream) continue;
    else if (what === 'remove') pool.remove(upstream);
    else if (what === 'eject') upstream.eject('broke');
    else if (what === 'restore') upstream.restore();
    else if (what === 'drain' || what === 'undrain') upstream.setDraining(what === 'drain');
    else if (what === 'enable' || what === 'disable') upstream.setEnabled(what === 'enable');
    else if (what === 'up' || what === 'down') upstream.setHealthy(what === 'up');
    else upstream.weight = weight;
    for (const one of pool.upstreams) {
      expect(one.inFlight).toBe(inFlight.filter((other) => other === one).length);
    }
  }
  return inFlight;
};

describe.each(Object.entries(selectionPolicies))('a pool with %s, whatever changes', (_name, create) => {
  it('chooses an available upstream for each request, and counts what is in flight right', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const policy = create(Math.random);
        const pool = new UpstreamPool({ name: 'api', policyName: 'round-robin', policy, upstreams: [] });
        const inFlight = run(pool, changes);
        for (const upstream of inFlight) upstream.ended();
        for (const { inFlight: left } of [...pool.upstreams, ...inFlight]) expect(left).toBe(0);
      }),
    );
  });
});

describe('round robin after any changes', () => {
  it('gives each available upstream exactly its share over a full turn', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.nat(5), (changes, more) => {
        const policy = createRoundRobin();
        const pool = new UpstreamPool({ name: 'api', policyName: 'round-robin', policy, upstreams: [] });
        run(pool, [...changes.filter(({ what }) => what !== 'retry'), ...changesOfWeight(more)]);
        const available = pool.upstreams.filter((upstream) => upstream.available);
        const turn = available.reduce((sum, { weight }) => sum + weight, 0);
        const counts = new Map<Upstream | undefined, number>();
        for (let request = 0; request < turn; request += 1) {
          const chosen = pool.select(aRequest, []);
          counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
        }
        expect([...counts]).toHaveLength(available.length);
        for (const upstream of available) expect(counts.get(upstream)).toBe(upstream.weight);
      }),
      { numRuns: 500 },
    );
  });

  it('lets everyone have a turn though the first is full again and again', () => {
    const upstreams = [1, 2, 3].map(
      (port) => new Upstream({ url: new URL(`http://127.0.0.1:${port}`), maxInFlight: 1 }),
    );
    const policy = createRoundRobin();
    const pool = new UpstreamPool({ name: 'api', policyName: 'round-robin', policy, upstreams });
    for (let round = 0; round < 30; round += 1) {
      const pair = [pool.select(aRequest, []), undefined];
      pair[0]?.began();
      pair[1] = pool.select(aRequest, []);
      pair[1]?.began();
      for (const upstream of pair) upstream?.ended();
    }
    for (const { counters } of upstreams) expect(counters.requests).toBeGreaterThanOrEqual(15);
  });
});

/** The last weights change in the middle of a turn. */
const changesOfWeight = (count: number): readonly Change[] =>
  Array.from({ length: count }, (_, which) => ({ what: 'weight', which, weight: which + 1 }));
