import type { Framing } from '../wire/message-text.ts';
import type { Scripts } from './case-upstream.ts';
import type { Step } from './steps.ts';

/** A header line as `name: value` with the name in lower case, or a pattern that some line must match. */
export type LinePattern = string | RegExp;

/** What a case checks of the responses and of the requests upstream. A field that is left out is not checked. */
export type Expectation = {
  /** Statuses of the final responses, in order. An empty list: no response at all. */
  readonly status?: number | readonly number[];
  /** Instead of `status`: there is one response, with one of these statuses. */
  readonly oneOf?: readonly number[];
  /** Statuses of the interim responses. */
  readonly interim?: readonly number[];
  /** Body of the first response, without its framing; a list for the bodies of all responses. */
  readonly body?: string | RegExp | readonly string[];
  /** Header lines of the last response. */
  readonly has?: readonly LinePattern[];
  readonly lacks?: readonly RegExp[];
  readonly framing?: Framing;
  /** Whether a client can see that the last response is incomplete. */
  readonly truncated?: boolean;
  /** Whether the connection accepts another request at the end, or closes. */
  readonly connection?: 'closes' | 'stays';
  readonly upstream?: UpstreamExpectation;
};

export type UpstreamExpectation = {
  /** Number of requests over all upstreams of the case, without the probe request of `stays`. */
  readonly requests?: number;
  /** Target of the last request, without the prefix of the case. */
  readonly target?: string;
  readonly method?: string;
  readonly version?: string;
  readonly has?: readonly LinePattern[];
  readonly lacks?: readonly RegExp[];
  readonly body?: string;
  readonly framing?: Framing;
  /** Number of connections, over all upstreams. */
  readonly connections?: number;
  /** Index of the upstream that got the last request. */
  readonly last?: number;
  /** Number of requests that arrived complete. */
  readonly complete?: number;
};

/** What is checked of Tripod's engines only. */
export type OwnExpectation = Expectation & {
  /** Error code in the problem+json of the last response. */
  readonly code?: string;
  /** Statuses that the access log has for the requests of this case, in order. */
  readonly logged?: readonly number[];
};

/** Time-outs and trusted proxies that a case needs. Each setting runs in a proxy process of its own. */
export type Setting = 'default' | 'short-upstream-time-outs' | 'short-client-time-outs' | 'trusted-proxy';

/**
 * One row: a rule for every engine, the bytes to send, and the expected outcome. `/~/` stands for the route of the
 * case.
 */
export type Case = {
  readonly rule: string;
  readonly setting?: Setting;
  /** Sent at once, or piece by piece. `steps` is for anything else. */
  readonly send?: string | readonly string[];
  readonly steps?: readonly Step[];
  /** Scripts of the upstreams. Default: one upstream that answers 200. */
  readonly upstreams?: readonly (Scripts | 'refuses' | 'unreachable')[];
  readonly expect: Expectation;
  readonly ours?: OwnExpectation;
};

/** One table of rows. */
export type Topic = {
  readonly name: string;
  /**
   * Whether an unexpected result of nginx is a failure for every version of nginx, because it would be a
   * vulnerability.
   */
  readonly isSafety?: boolean;
  readonly cases: readonly Case[];
};
