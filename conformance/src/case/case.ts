import type { Framing } from '../wire/message-text.ts';
import type { Scripts } from './case-upstream.ts';
import type { Step } from './steps.ts';

/** A header line as `name: value` with the name in lower case, or a pattern that some line must match. */
export type LinePattern = string | RegExp;

/** What is looked at of an answer and of what the upstreams were sent; what is left out may be anything. */
export type Expectation = {
  /** Statuses of the final answers, in order. None: no answer at all. */
  readonly status?: number | readonly number[];
  /** In place of `status`: the one answer has one of these. */
  readonly oneOf?: readonly number[];
  /** Statuses of the interim answers. */
  readonly interim?: readonly number[];
  /** Body of the first answer, without its framing; a list for those of all answers. */
  readonly body?: string | RegExp | readonly string[];
  /** Lines of the last answer. */
  readonly has?: readonly LinePattern[];
  readonly lacks?: readonly RegExp[];
  readonly framing?: Framing;
  /** The last answer broke off, so that nobody takes it for whole. */
  readonly broken?: boolean;
  /** Whether the connection takes another request after all this, or ends. */
  readonly connection?: 'closes' | 'stays';
  readonly upstream?: UpstreamExpectation;
};

export type UpstreamExpectation = {
  /** How many requests all upstreams of the case got together; the probe of `stays` is not counted. */
  readonly requests?: number;
  /** Target of the last request, without the prefix of its case. */
  readonly target?: string;
  readonly method?: string;
  readonly version?: string;
  readonly has?: readonly LinePattern[];
  readonly lacks?: readonly RegExp[];
  readonly body?: string;
  readonly framing?: Framing;
  /** Connections made, over all upstreams. */
  readonly connections?: number;
  /** Number of the upstream that got the last request, counted from 0. */
  readonly last?: number;
  /** How many of the requests arrived whole. */
  readonly whole?: number;
};

/** What only our engines are asked for. */
export type OwnExpectation = Expectation & {
  /** Error code in the problem that the last answer holds. */
  readonly code?: string;
  /** Statuses in the access log for the requests of this case, in order. */
  readonly logged?: readonly number[];
};

/** Time-outs and trust that a case needs; each is a proxy of its own. */
export type Setting = 'plain' | 'hasty-to-upstreams' | 'hasty-to-clients' | 'trusting';

/** One row: a sentence that holds for every engine, bytes, and what must come of them. `/~/` stands for its own route. */
export type Case = {
  readonly rule: string;
  readonly setting?: Setting;
  /** Written at once, or piece after piece; a `steps` does more than that. */
  readonly send?: string | readonly string[];
  readonly steps?: readonly Step[];
  /** Scripts of its upstreams. Default: one that answers 200. */
  readonly upstreams?: readonly (Scripts | 'refuses' | 'unreachable')[];
  readonly expect: Expectation;
  readonly ours?: OwnExpectation;
};

/** A topic, the rows of one table. */
export type Topic = {
  readonly name: string;
  /** Whether another verdict of any nginx would be a hole, and so a failure whatever its version. */
  readonly isSafety?: boolean;
  readonly cases: readonly Case[];
};
