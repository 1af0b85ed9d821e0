import type { Upstream } from './upstream.ts';

/** What a policy can read from a request. Engines build it without copying the head. */
export type RequestFacts = {
  /** Address of the client, behind trusted proxies the address that they report. */
  readonly clientAddress: string;
  readonly method: string;
  /** The target as the client sent it: path and query, before a prefix is removed. */
  readonly target: string;
  /** Value of the Host header; undefined in HTTP/1.0 requests without one. */
  readonly host: string | undefined;
  readonly headers: RequestHeaders;
};

/** The headers of a request, searched only when a policy asks. */
export type RequestHeaders = {
  /** The value of a header by its name in lower case; several lines are joined with `, `. */
  findHeader(name: string): string | undefined;
};

/**
 * Selects one available upstream, or undefined when there is none. Synchronous; never changes an upstream. A policy may
 * keep a cursor of its own.
 */
export type SelectionPolicy = (
  upstreams: readonly Upstream[],
  request: RequestFacts,
  /** True when `upstreams` lacks those that this request has tried already. Default false. */
  isRetry?: boolean,
) => Upstream | undefined;

/** One option of a policy, as a JSON Schema fragment. Every option has a default, so that a name alone is enough. */
export type PolicyOption = {
  readonly type: 'string';
  readonly pattern: string;
  readonly default: string;
  /** Completes "must be …" in error messages. */
  readonly description: string;
};

export type PolicyOptions = Readonly<Record<string, string>>;

/** A selection policy as data: help texts, the config schema and the docs are derived from it. */
export type PolicyDefinition = {
  /** What it does, as a row of the table in docs/reference/balancing.md. */
  readonly summary: string;
  readonly options: Readonly<Record<string, PolicyOption>>;
  /** Makes a policy without state. `options` holds every declared option; `random` returns a number from 0 up to 1. */
  create(options: PolicyOptions, random: () => number): SelectionPolicy;
};

/** A policy that is chosen for a pool: its name and the options that were given. */
export type PolicyChoice = { readonly name: string; readonly options: PolicyOptions };
