import type { PolicyChoice, RequestFacts, SelectionPolicy } from './selection-policy.ts';
import type { StickySessions } from './sticky-sessions.ts';
import type { Upstream, UpstreamState } from './upstream.ts';

/** A pool holds at most this many upstreams: each one costs a health check, counters and metrics. */
export const maxPoolUpstreams = 1000;

export type UpstreamPoolOptions = {
  readonly name: string;
  readonly policyChoice: PolicyChoice;
  readonly policy: SelectionPolicy;
  readonly upstreams: readonly Upstream[];
};

/** An upstream that gets no requests at the moment, and why. */
export type SkippedUpstream = {
  readonly id: string;
  readonly state: UpstreamState;
  readonly reason?: string;
};

/** Notified when an upstream joins or leaves a pool; starts and stops its health checks. */
export type PoolListener = {
  added(upstream: Upstream, pool: UpstreamPool): void;
  removed(upstream: Upstream, pool: UpstreamPool): void;
};

/** The upstreams that can serve the same requests, and the policy that selects one of them. */
export class UpstreamPool {
  readonly name: string;
  #policyChoice: PolicyChoice;
  #policy: SelectionPolicy;
  readonly #listeners: PoolListener[] = [];
  #skipped: readonly SkippedUpstream[] | undefined;
  /** Keeps clients at their upstreams, over any policy. */
  sticky: StickySessions | undefined;
  /** Of upstreams that join; see `UpstreamOptions`. */
  slowStartMs = 0;
  /** Replaced and never changed in place, so that a loop over it stays valid. */
  upstreams: readonly Upstream[];

  constructor({ name, policyChoice, policy, upstreams }: UpstreamPoolOptions) {
    this.name = name;
    this.#policyChoice = policyChoice;
    this.#policy = policy;
    this.upstreams = upstreams;
    for (const upstream of upstreams) upstream.onChanged = this.#onUpstreamChanged;
  }

  get policyChoice(): PolicyChoice {
    return this.#policyChoice;
  }

  /** Changes the policy, from the next request on. */
  setPolicy(choice: PolicyChoice, policy: SelectionPolicy): void {
    this.#policyChoice = choice;
    this.#policy = policy;
  }

  /** Selects an available upstream that is not in `tried`; undefined when there is none. */
  select(request: RequestFacts, tried: readonly Upstream[]): Upstream | undefined {
    const kept = this.sticky?.find(request, this.upstreams);
    if (kept?.available && !tried.includes(kept)) return kept;
    if (tried.length === 0) return this.#policy(this.upstreams, request) ?? this.#findLastResort(tried);
    const untried = this.upstreams.filter((upstream) => !tried.includes(upstream));
    return this.#policy(untried, request, true) ?? this.#findLastResort(tried);
  }

  /** An upstream that was ejected for the statuses of its responses: when no other is left, it is better than none. */
  #findLastResort(tried: readonly Upstream[]): Upstream | undefined {
    return this.upstreams.find((one) => one.held && one.state === 'ejected' && !tried.includes(one));
  }

  /** The upstreams that get no requests at the moment. The list is the same object until a state changes. */
  get skipped(): readonly SkippedUpstream[] {
    this.#skipped ??= this.upstreams
      .filter(({ available }) => !available)
      .map(({ id, state, reason }) => ({ id, state, ...(reason === undefined ? {} : { reason }) }));
    return this.#skipped;
  }

  /** Whether `select` would return an upstream. */
  hasAvailable(tried: readonly Upstream[]): boolean {
    return this.upstreams.some((upstream) => upstream.available && !tried.includes(upstream));
  }

  find(id: string): Upstream | undefined {
    return this.upstreams.find((upstream) => upstream.id === id);
  }

  listen(listener: PoolListener): void {
    this.#listeners.push(listener);
  }

  add(upstream: Upstream): void {
    this.replace([...this.upstreams, upstream]);
  }

  /** Removes an upstream: it gets no new requests; those in flight continue. */
  remove(upstream: Upstream): void {
    this.replace(this.upstreams.filter((one) => one !== upstream));
  }

  /** Sets the upstreams, from the next request on, and notifies the listeners of each that left or joined. */
  replace(next: readonly Upstream[]): void {
    const before = this.upstreams;
    this.upstreams = next;
    this.#skipped = undefined;
    for (const upstream of next) upstream.onChanged = this.#onUpstreamChanged;
    const left = before.filter((upstream) => !next.includes(upstream));
    const joined = next.filter((upstream) => !before.includes(upstream));
    for (const listener of this.#listeners) {
      for (const upstream of left) listener.removed(upstream, this);
      for (const upstream of joined) listener.added(upstream, this);
    }
  }

  readonly #onUpstreamChanged = (): void => {
    this.#skipped = undefined;
  };
}
