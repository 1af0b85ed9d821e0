import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { policyNames } from '../../src/balancing/policies/policy-table.ts';
import { StickySessions } from '../../src/balancing/sticky-sessions.ts';
import type { Upstream } from '../../src/balancing/upstream.ts';
import { UpstreamPool } from '../../src/balancing/upstream-pool.ts';
import { makePolicy, makeRequest, makeUpstream } from '../support/make-pool.ts';

const cookie = 'lb';

const stickyPool = (policy: (typeof policyNames)[number], upstreams: readonly Upstream[]) => {
  const pool = new UpstreamPool({
    name: 'api',
    policyChoice: { name: policy, options: {} },
    policy: makePolicy(policy),
    upstreams,
  });
  pool.sticky = new StickySessions({ cookie }, Buffer.alloc(32, 7));
  return pool;
};

const upstreamsOf = (count: number): readonly Upstream[] =>
  Array.from({ length: count }, (_, index) => makeUpstream(index + 1));

/** A client with its cookies, which sends one request after the other. */
const createClient = (pool: UpstreamPool, clientAddress: string) => {
  let value: string | undefined;
  let cookiesSet = 0;
  return {
    get cookiesSet() {
      return cookiesSet;
    },
    ask(): Upstream | undefined {
      const request = makeRequest({
        clientAddress,
        target: `/${clientAddress}`,
        lines: value === undefined ? {} : { cookie: `a=b; ${cookie}=${value}; c=d` },
      });
      const upstream = pool.select(request, []);
      const fresh = upstream && pool.sticky?.findNewValue(request, upstream, pool.upstreams);
      if (fresh !== undefined) {
        value = fresh;
        cookiesSet += 1;
      }
      return upstream;
    },
  };
};

describe('StickySessions', () => {
  it.each(policyNames)(
    'moves only the clients of an upstream that dies, of 10,000, over the policy %s',
    (policy) => {
      const upstreams = upstreamsOf(5);
      const pool = stickyPool(policy, upstreams);
      const clients = Array.from({ length: 10_000 }, (_, n) =>
        createClient(pool, `10.1.${n >> 8}.${n & 255}`),
      );
      const first = clients.map((client) => client.ask()?.id);
      expect(clients.map((client) => client.ask()?.id)).toEqual(first);
      const dead = upstreams[2] as Upstream;
      dead.setHealthy(false, 'down');
      const second = clients.map((client) => client.ask()?.id);
      const moved = second.filter((id, n) => id !== first[n]);
      expect(moved).toHaveLength(first.filter((id) => id === dead.id).length);
      expect(moved.length).toBeGreaterThan(0);
      // Those that moved have a new cookie, and stay where they are when the upstream comes back.
      dead.setHealthy(true);
      expect(clients.map((client) => client.ask()?.id)).toEqual(second);
      expect(clients.every(({ cookiesSet }, n) => cookiesSet === (first[n] === dead.id ? 2 : 1))).toBe(true);
    },
    60_000,
  );

  it('gives a client with a forged or foreign value a new one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (value) => {
        const pool = stickyPool('round-robin', upstreamsOf(3));
        const request = makeRequest({ lines: { cookie: `${cookie}=${value}` } });
        const upstream = pool.select(request, []) as Upstream;
        expect(pool.sticky?.findNewValue(request, upstream, pool.upstreams)).toMatch(/^[\w-]{22}$/);
      }),
    );
  });

  it('shows no address, and issues other values with another key', () => {
    const [upstream] = upstreamsOf(1) as [Upstream];
    const [one, other] = [1, 2].map((byte) =>
      new StickySessions({ cookie }, Buffer.alloc(32, byte)).findNewValue(makeRequest(), upstream, [
        upstream,
      ]),
    );
    expect(one).not.toBe(other);
    expect(Buffer.from(one ?? '', 'base64url').toString('latin1')).not.toContain('127.0.0.1');
  });

  it('lets a client keep its cookie while its upstream is only full', () => {
    const upstreams = upstreamsOf(2);
    const pool = stickyPool('round-robin', upstreams);
    const client = createClient(pool, '10.0.0.1');
    const own = client.ask() as Upstream;
    own.setMaxInFlight(1);
    own.startAttempt();
    expect(client.ask()).not.toBe(own);
    own.endAttempt();
    expect(client.ask()).toBe(own);
    expect(client.cookiesSet).toBe(1);
  });
});
