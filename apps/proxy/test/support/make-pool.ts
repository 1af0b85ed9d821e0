import { createRoundRobin } from '../../src/balancing/policies/round-robin.ts';
import { Upstream, type UpstreamOptions } from '../../src/balancing/upstream.ts';
import { UpstreamPool } from '../../src/balancing/upstream-pool.ts';

export const makeUpstream = (port: number, options: Partial<UpstreamOptions> = {}): Upstream =>
  new Upstream({ url: new URL(`http://127.0.0.1:${port}`), ...options });

/** Upstreams on ports 1, 2, 3 …, by round robin. Nothing listens there. */
export const makePool = (size: number, options: Partial<UpstreamOptions> = {}): UpstreamPool =>
  poolOf(Array.from({ length: size }, (_, index) => makeUpstream(index + 1, options)));

export const poolOf = (upstreams: readonly Upstream[], name = 'api'): UpstreamPool =>
  new UpstreamPool({ name, policyName: 'round-robin', policy: createRoundRobin(), upstreams });

export const aRequest = { clientAddress: '127.0.0.1' };
