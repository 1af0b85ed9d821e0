import { LatencyHistogram } from '@tripod/shared/metrics/latency-histogram';

/** Why an upstream gets no new requests, or `available`. */
export type UpstreamState = 'available' | 'unhealthy' | 'ejected' | 'full' | 'draining' | 'disabled';

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
  /** Attempts. */
  requests: number;
  failures: number;
  retries: number;
  ejections: number;
  readonly ejectionsByReason: Map<string, number>;
  /** Attempts that went out on a connection made for them, and on one that had served before. */
  connects: number;
  reuses: number;
  /** On the wire, heads and framing included. */
  bytesSent: number;
  bytesReceived: number;
  /** Answers by the first digit of their status: index 2 holds the 2xx. */
  readonly answersByClass: number[];
};

/** What names an upstream within its pool: address and port. */
export const upstreamId = ({ hostname, port }: URL): string => `${hostname}:${port || 80}`;

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
    ejectionsByReason: new Map(),
    connects: 0,
    reuses: 0,
    bytesSent: 0,
    bytesReceived: 0,
    answersByClass: [0, 0, 0, 0, 0, 0],
  };
  /** How long answered attempts took, from their begin to the end of the response. */
  readonly latency = new LatencyHistogram();
  available = true;
  /** Available, or only full for the moment. */
  serving = true;
  weight: number;
  inFlight = 0;
  /** The last reason for not being healthy or for being ejected, for people. */
  reason: string | undefined;
  #maxInFlight: number;
  #healthy: boolean;
  #checked = false;
  #ejected = false;
  #draining = false;
  #enabled = true;
  #onDrained: (() => void) | undefined;

  constructor({ url, weight = 1, maxInFlight = Number.POSITIVE_INFINITY, healthy = true }: UpstreamOptions) {
    this.hostname = url.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(url.port || 80);
    this.id = upstreamId(url);
    this.url = `http://${this.id}`;
    this.weight = weight;
    this.#maxInFlight = maxInFlight;
    this.#healthy = healthy;
    this.#update();
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Whether the active checks have found anything about it yet. */
  get checked(): boolean {
    return this.#checked;
  }

  get ejected(): boolean {
    return this.#ejected;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** It was told to drain, and nothing is in flight any more: it can be stopped. */
  get drained(): boolean {
    return this.#draining && this.inFlight === 0;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  get state(): UpstreamState {
    if (!this.#enabled) return 'disabled';
    if (this.#draining) return 'draining';
    if (!this.#healthy) return 'unhealthy';
    if (this.#ejected) return 'ejected';
    return this.inFlight >= this.#maxInFlight ? 'full' : 'available';
  }

  /** The one place where the number in flight goes up. */
  began(): void {
    this.inFlight += 1;
    this.counters.requests += 1;
    if (this.inFlight >= this.#maxInFlight) this.#update();
  }

  /** The one place where the number in flight goes down. */
  ended(): void {
    this.inFlight -= 1;
    if (!this.available) this.#update();
  }

  /** The verdict of the active checks. */
  setHealthy(healthy: boolean, reason?: string): void {
    this.#checked = true;
    this.#healthy = healthy;
    if (healthy) this.#ejected = false;
    this.reason = healthy ? undefined : reason;
    this.#update();
  }

  /** The verdict of the passive checks: no requests until `restore` or a passed active check. */
  eject(reason: string): void {
    const { counters } = this;
    this.#ejected = true;
    this.reason = reason;
    counters.ejections += 1;
    counters.ejectionsByReason.set(reason, (counters.ejectionsByReason.get(reason) ?? 0) + 1);
    this.#update();
  }

  restore(): void {
    this.#ejected = false;
    this.#update();
  }

  /**
   * Takes no new requests and finishes the old ones; `onDrained` is called once when the last has ended, perhaps at
   * once. `false` takes it back.
   */
  setDraining(draining: boolean, onDrained?: () => void): void {
    if (draining && this.#draining) return;
    this.#draining = draining;
    this.#onDrained = draining ? onDrained : undefined;
    this.#update();
  }

  /** Switched off by a person until switched on again, whatever the checks say. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#update();
  }

  /** Infinity: no limit. */
  setMaxInFlight(maxInFlight: number): void {
    this.#maxInFlight = maxInFlight;
    this.#update();
  }

  #update(): void {
    const { state } = this;
    this.available = state === 'available';
    this.serving = this.available || state === 'full';
    if (!this.drained) return;
    const tell = this.#onDrained;
    this.#onDrained = undefined;
    tell?.();
  }
}
