/** Why an upstream gets no new requests, or `available`. */
export type UpstreamState = 'available' | 'unhealthy' | 'ejected' | 'full' | 'draining';

export type UpstreamOptions = {
  /** `http://127.0.0.1:8081`, without a path. */
  readonly url: URL;
  /** Share of requests compared with the others of its pool. Default 1. */
  readonly weight?: number;
  /** With this many requests in flight it counts as full. Default: no limit. */
  readonly maxInFlight?: number;
  /** Whether it gets requests before its first active check. Default true. */
  readonly healthy?: boolean;
};

/** Counters of one upstream since the proxy started, raised where the work is done. */
export type UpstreamCounters = {
  requests: number;
  failures: number;
  retries: number;
  ejections: number;
  /** Answers by the first digit of their status: index 2 holds the 2xx. */
  readonly answersByClass: number[];
};

/**
 * One copy of a server as the proxy sees it. `available` is a field that changes on events, so that choosing an
 * upstream costs a comparison.
 */
export class Upstream {
  readonly id: string;
  readonly url: string;
  readonly hostname: string;
  readonly port: number;
  readonly counters: UpstreamCounters = {
    requests: 0,
    failures: 0,
    retries: 0,
    ejections: 0,
    answersByClass: [0, 0, 0, 0, 0, 0],
  };
  available = true;
  weight: number;
  maxInFlight: number;
  inFlight = 0;
  /** The last reason for not being healthy or for being ejected, for people. */
  reason: string | undefined;
  #healthy: boolean;
  #ejected = false;
  #draining = false;

  constructor({ url, weight = 1, maxInFlight = Number.POSITIVE_INFINITY, healthy = true }: UpstreamOptions) {
    this.hostname = url.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(url.port || 80);
    this.id = `${url.hostname}:${this.port}`;
    this.url = `http://${this.id}`;
    this.weight = weight;
    this.maxInFlight = maxInFlight;
    this.#healthy = healthy;
    this.#update();
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  get ejected(): boolean {
    return this.#ejected;
  }

  get draining(): boolean {
    return this.#draining;
  }

  get state(): UpstreamState {
    if (this.#draining) return 'draining';
    if (!this.#healthy) return 'unhealthy';
    if (this.#ejected) return 'ejected';
    return this.inFlight >= this.maxInFlight ? 'full' : 'available';
  }

  /** The one place where the number in flight goes up. */
  began(): void {
    this.inFlight += 1;
    this.counters.requests += 1;
    if (this.inFlight >= this.maxInFlight) this.#update();
  }

  /** The one place where the number in flight goes down. */
  ended(): void {
    this.inFlight -= 1;
    if (!this.available) this.#update();
  }

  /** The verdict of the active checks. */
  setHealthy(healthy: boolean, reason?: string): void {
    this.#healthy = healthy;
    if (healthy) this.#ejected = false;
    this.reason = healthy ? undefined : reason;
    this.#update();
  }

  /** The verdict of the passive checks: no requests until `restore` or a passed active check. */
  eject(reason: string): void {
    this.#ejected = true;
    this.reason = reason;
    this.counters.ejections += 1;
    this.#update();
  }

  restore(): void {
    this.#ejected = false;
    this.#update();
  }

  /** Takes no new requests and finishes the old ones; `false` takes it back. */
  setDraining(draining: boolean): void {
    this.#draining = draining;
    this.#update();
  }

  #update(): void {
    this.available = this.state === 'available';
  }
}
