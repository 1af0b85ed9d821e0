import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePolicy, policyNames } from '../../src/balancing/policies/policy-table.ts';
import { Upstream } from '../../src/balancing/upstream.ts';
import { UpstreamPool } from '../../src/balancing/upstream-pool.ts';
import { aRequest, makePolicy } from '../support/make-pool.ts';

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
  /** Index of the upstream, or of the request in flight, modulo their number. */
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

const policyChoice = parsePolicy('round-robin');

/** Changes a pool as checks, operators and reloads do. */
const run = (pool: UpstreamPool, changes: readonly Change[]): readonly Upstream[] => {
  const inFlight: Upstream[] = [];
  let port = 9000;
  const begin = (tried: readonly Upstream[]): void => {
    const chosen = pool.select(aRequest, tried);
    const candidates = pool.upstreams.filter((one) => one.available && !tried.includes(one));
    expect(chosen === undefined).toBe(candidates.length === 0);
    if (!chosen) return;
    expect(candidates).toContain(chosen);
    chosen.startAttempt();
    inFlight.push(chosen);
  };
  for (const { what, which, weight } of changes) {
    const upstream = pool.upstreams[which % Math.max(1, pool.upstreams.length)];
    if (what === 'add') {
      port += 1;
      pool.add(new Upstream({ url: new URL(`http://127.0.0.1:${port}`), weight }));
    } else if (what === 'request') begin([]);
    else if (what === 'retry') begin(upstream ? [upstream] : []);
    else if (what === 'end') inFlight.splice(which % Math.max(1, inFlight.length), 1)[0]?.endAttempt();
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

describe.each(policyNames)('upstream pool with policy %s under random changes', (name) => {
  it('selects an available upstream for each request, and counts the requests in flight correctly', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const policy = makePolicy(name);
        const pool = new UpstreamPool({ name: 'api', policyChoice, policy, upstreams: [] });
        const inFlight = run(pool, changes);
        for (const upstream of inFlight) upstream.endAttempt();
        for (const { inFlight: left } of [...pool.upstreams, ...inFlight]) expect(left).toBe(0);
      }),
    );
  });
});

describe('policy round-robin after random changes', () => {
  it('gives each available upstream exactly its share over a full turn', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.nat(5), (changes, more) => {
        const policy = makePolicy('round-robin');
        const pool = new UpstreamPool({ name: 'api', policyChoice, policy, upstreams: [] });
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

  it('selects every upstream although the first one is full again and again', () => {
    const upstreams = [1, 2, 3].map(
      (port) => new Upstream({ url: new URL(`http://127.0.0.1:${port}`), maxInFlight: 1 }),
    );
    const policy = makePolicy('round-robin');
    const pool = new UpstreamPool({ name: 'api', policyChoice, policy, upstreams });
    for (let round = 0; round < 30; round += 1) {
      const pair = [pool.select(aRequest, []), undefined];
      pair[0]?.startAttempt();
      pair[1] = pool.select(aRequest, []);
      pair[1]?.startAttempt();
      for (const upstream of pair) upstream?.endAttempt();
    }
    for (const { counters } of upstreams) expect(counters.requests).toBeGreaterThanOrEqual(15);
  });
});

/** The last weights change in the middle of a turn. */
const changesOfWeight = (count: number): readonly Change[] =>
  Array.from({ length: count }, (_, which) => ({ what: 'weight', which, weight: which + 1 }));
