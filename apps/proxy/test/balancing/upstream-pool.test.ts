import { describe, expect, it } from '@jest/globals';
import type { Upstream } from '../../src/balancing/upstream.ts';
import { aRequest, makePool, makeUpstream } from '../support/make-pool.ts';

describe('UpstreamPool', () => {
  it('never selects an upstream that was already tried', () => {
    const pool = makePool(3);
    for (let request = 0; request < 20; request += 1) {
      const tried: Upstream[] = [];
      for (let upstream = pool.select(aRequest, tried); upstream; upstream = pool.select(aRequest, tried)) {
        expect(tried).not.toContain(upstream);
        expect(pool.hasAvailable(tried)).toBe(true);
        tried.push(upstream);
      }
      expect(tried).toHaveLength(3);
      expect(pool.hasAvailable(tried)).toBe(false);
    }
  });

  it('notifies its listeners of upstreams that join and leave', () => {
    const pool = makePool(1);
    const told: string[] = [];
    pool.listen({
      added: ({ id }) => void told.push(`+${id}`),
      removed: ({ id }) => void told.push(`-${id}`),
    });
    const second = makeUpstream(2);
    pool.add(second);
    expect(pool.find('127.0.0.1:2')).toBe(second);
    pool.remove(second);
    expect(pool.find('127.0.0.1:2')).toBeUndefined();
    expect(told).toEqual(['+127.0.0.1:2', '-127.0.0.1:2']);
  });

  it('does not affect a loop over its upstreams when one leaves', () => {
    const pool = makePool(3);
    const seen: number[] = [];
    for (const upstream of pool.upstreams) {
      seen.push(upstream.port);
      pool.remove(upstream);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(pool.select(aRequest, [])).toBeUndefined();
  });
});
