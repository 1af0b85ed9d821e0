import type { PolicyName } from './policy-table.ts';
import type { RequestFacts, SelectionPolicy } from './selection-policy.ts';
import type { Upstream } from './upstream.ts';

export type UpstreamPoolOptions = {
  readonly name: string;
  readonly policyName: PolicyName;
  readonly policy: SelectionPolicy;
  readonly upstreams: readonly Upstream[];
};

/** Told when an upstream joins or leaves, to start and stop its checks. */
export type PoolListener = {
  added(upstream: Upstream, pool: UpstreamPool): void;
  removed(upstream: Upstream, pool: UpstreamPool): void;
};

/** The upstreams that can serve the same requests. */
export class UpstreamPool {
  readonly name: string;
  #policyName: PolicyName;
  #policy: SelectionPolicy;
  readonly #listeners: PoolListener[] = [];
  /** Replaced, never changed in place: who loops over it is not disturbed. */
  upstreams: readonly Upstream[];

  constructor({ name, policyName, policy, upstreams }: UpstreamPoolOptions) {
    this.name = name;
    this.#policyName = policyName;
    this.#policy = policy;
    this.upstreams = upstreams;
  }

  get policyName(): PolicyName {
    return this.#policyName;
  }

  /** From the next request on this policy chooses. */
  setPolicy(name: PolicyName, policy: SelectionPolicy): void {
    this.#policyName = name;
    this.#policy = policy;
  }

  /** An available upstream that is not among those already tried, or undefined. */
  select(request: RequestFacts, tried: readonly Upstream[]): Upstream | undefined {
    if (tried.length === 0) return this.#policy(this.upstreams, request);
    const untried = this.upstreams.filter((upstream) => !tried.includes(upstream));
    return this.#policy(untried, request, true);
  }

  /** Whether `select` would find one. */
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

  /** Takes it out of the choice at once; requests in flight to it go on. */
  remove(upstream: Upstream): void {
    this.replace(this.upstreams.filter((one) => one !== upstream));
  }

  /** From the next request on these are its upstreams. Who listens is told of each that left or joined. */
  replace(next: readonly Upstream[]): void {
    const before = this.upstreams;
    this.upstreams = next;
    const left = before.filter((upstream) => !next.includes(upstream));
    const joined = next.filter((upstream) => !before.includes(upstream));
    for (const listener of this.#listeners) {
      for (const upstream of left) listener.removed(upstream, this);
      for (const upstream of joined) listener.added(upstream, this);
    }
  }
}
