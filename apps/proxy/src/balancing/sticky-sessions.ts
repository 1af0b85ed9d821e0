import { createHmac } from 'node:crypto';
import { findCookie } from './find-cookie.ts';
import type { RequestFacts } from './selection-policy.ts';
import type { Upstream } from './upstream.ts';

/** Stickiness as a config file gives it: the name of the cookie. */
export type StickySetting = { readonly cookie: string };

/**
 * Keeps each client at the upstream that its cookie names. The value is a keyed hash of the upstream: it shows no
 * address, and a value that was not issued here names no upstream.
 */
export class StickySessions {
  readonly cookie: string;
  readonly #key: Buffer;
  /** The upstreams by value, for the list that was used last. A pool replaces its list and never changes it. */
  #upstreams: readonly Upstream[] = [];
  readonly #byValue = new Map<string, Upstream>();

  constructor({ cookie }: StickySetting, key: Buffer) {
    this.cookie = cookie;
    this.#key = key;
  }

  /** The upstream that the cookie of the request names; undefined without a cookie that was issued here. */
  find({ headers }: RequestFacts, upstreams: readonly Upstream[]): Upstream | undefined {
    const value = findCookie(headers.findHeader('cookie'), this.cookie);
    if (value === undefined) return undefined;
    if (this.#upstreams !== upstreams) {
      this.#upstreams = upstreams;
      this.#byValue.clear();
      for (const upstream of upstreams) this.#byValue.set(this.#valueOf(upstream), upstream);
    }
    return this.#byValue.get(value);
  }

  /**
   * The value to set when `upstream` responded to the request; undefined when the client keeps its cookie, because it
   * names this upstream, or one that is only full at the moment.
   */
  findNewValue(
    request: RequestFacts,
    upstream: Upstream,
    upstreams: readonly Upstream[],
  ): string | undefined {
    const named = this.find(request, upstreams);
    return named === upstream || named?.serving ? undefined : this.#valueOf(upstream);
  }

  #valueOf({ id }: Upstream): string {
    return createHmac('sha256', this.#key).update(`${this.cookie} ${id}`).digest('base64url').slice(0, 22);
  }
}
