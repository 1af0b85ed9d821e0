import type { Upstream } from './upstream.ts';

/** What a policy may know of a request. */
export type RequestFacts = { readonly clientAddress: string };

/**
 * Chooses one available upstream, or undefined when there is none. Never waits, never changes an upstream; its only
 * state is its own cursor.
 */
export type SelectionPolicy = (
  upstreams: readonly Upstream[],
  request: RequestFacts,
  /** These are not all of the pool, but those that were not tried yet. Default false. */
  isRetry?: boolean,
) => Upstream | undefined;
