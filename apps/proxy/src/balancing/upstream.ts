import { LatencyHistogram } from '@tripod/shared/metrics/latency-histogram';
import { PeakEwma } from './peak-ewma.ts';

/** `available`, or the reason why an upstream gets no new requests. */
export type UpstreamState =
  | 'available'
  | 'unhealthy'
  | 'ejected'
  | 'full'
  | 'draining'
  | 'disabled'
  /** The upstream is a listener of the proxy itself. */
  | 'loop';

export type UpstreamOptions = {
  /** `http://127.0.0.1:8081`, without a path. */
  readonly url: URL;
  /** Share of requests relative to the other upstreams of the pool. Default 1. */
  readonly weight?: number;
  /** The upstream is full with this many requests in flight. Default: no limit. */
  readonly maxInFlight?: number;
  /** How long its weight rises after it has come back. Default 0: it gets its whole share at once. */
  readonly slowStartMs?: number;
  /** Whether it gets requests before its first health check. Default true. */
  readonly healthy?: boolean;
};

/** Counters of one upstream since the proxy started. */
export type UpstreamCounters = {
  requests: number;
  failures: number;
  retries: number;
  ejections: number;
  readonly ejectionsByReason: Map<string, number>;
  /** Attempts on a new connection, and attempts on a connection that had served before. */
  connects: number;
  reuses: number;
  /** Bytes on the wire, heads and framing included. */
  bytesSent: number;
  bytesReceived: number;
  /** Responses by the first digit of their status: index 2 holds the 2xx. */
  readonly answersByClass: number[];
};

/** The share of its weight with which a slow start begins. */
const firstShare = 0.1;

/** The id of an upstream within its pool: address and port. */
export const upstreamId = ({ hostname, port }: URL): string => `${hostname}:${port || 80}`;

/**
 * One copy of a server as the proxy sees it. `available` is a field that is updated on events, so that a policy pays
 * one comparison per upstream.
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
  /** Durations of answered attempts, from the start of the attempt to the end of the response. */
  readonly latency = new LatencyHistogram();
  /** What the policy peak-ewma expects of the next response. */
  readonly responseTime = new PeakEwma();
  available = true;
  /** Available, or unavailable only because it is full. */
  serving = true;
  /** See `slowStartMs` of the options. */
  slowStartMs: number;
  inFlight = 0;
  /** Why it is unhealthy or was ejected last, in words. */
  reason: string | undefined;
  #maxInFlight: number;
  #weight: number;
  /** The part of its weight that counts: less than 1 during a slow start. */
  #share = 1;
  #warmMs = 0;
  #healthy: boolean;
  #checked = false;
  #ejected = false;
  #isHeld = false;
  #draining = false;
  #enabled = true;
  #isLoop = false;
  #onDrained: (() => void) | undefined;
  /** Called when its state, or the reason for it, may have changed. Set by its pool. */
  onChanged: (() => void) | undefined;

  constructor(options: UpstreamOptions) {
    const {
      url,
      weight = 1,
      maxInFlight = Number.POSITIVE_INFINITY,
      slowStartMs = 0,
      healthy = true,
    } = options;
    this.hostname = url.hostname.replace(/^\[|\]$/g, '');
    this.port = Number(url.port || 80);
    this.id = upstreamId(url);
    this.url = `http://${this.id}`;
    this.#weight = weight;
    this.slowStartMs = slowStartMs;
    this.#maxInFlight = maxInFlight;
    this.#healthy = healthy;
    this.#update();
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /** Whether a health check has set its state yet. */
  get checked(): boolean {
    return this.#checked;
  }

  get ejected(): boolean {
    return this.#ejected;
  }

  /** Whether its ejection lasts until `restore`, although its active checks pass. */
  get held(): boolean {
    return this.#isHeld;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Whether it is draining with no request in flight: it can be stopped. */
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
    if (this.#isLoop) return 'loop';
    if (!this.#enabled) return 'disabled';
    if (this.#draining) return 'draining';
    if (!this.#healthy) return 'unhealthy';
    if (this.#ejected) return 'ejected';
    return this.inFlight >= this.#maxInFlight ? 'full' : 'available';
  }

  /** The weight that counts now: less than `fullWeight` during a slow start. */
  get weight(): number {
    return this.#weight * this.#share;
  }

  /** Sets the full weight. */
  set weight(weight: number) {
    this.#weight = weight;
  }

  get fullWeight(): number {
    return this.#weight;
  }

  /** Requests in flight per unit of weight. */
  get load(): number {
    return this.inFlight / this.weight;
  }

  /** The only place that increments `inFlight`. */
  startAttempt(): void {
    this.inFlight += 1;
    this.counters.requests += 1;
    if (this.inFlight >= this.#maxInFlight) this.#update();
  }

  /** The only place that decrements `inFlight`. */
  endAttempt(): void {
    this.inFlight -= 1;
    if (!this.available) this.#update();
  }

  /** Sets the result of the active checks. */
  setHealthy(healthy: boolean, reason?: string): void {
    this.#checked = true;
    this.#healthy = healthy;
    if (healthy && !this.#isHeld) this.#ejected = false;
    if (!healthy || !this.#isHeld) this.reason = healthy ? undefined : reason;
    this.#update();
  }

  /**
   * Sets the result of the passive checks: no requests until `restore`, or until an active check passes. `isHeld`:
   * only until `restore`, because its active checks have been passing while it failed.
   */
  eject(reason: string, isHeld = false): void {
    const { counters } = this;
    this.#ejected = true;
    this.#isHeld = isHeld;
    this.reason = reason;
    counters.ejections += 1;
    counters.ejectionsByReason.set(reason, (counters.ejectionsByReason.get(reason) ?? 0) + 1);
    this.#update();
  }

  restore(): void {
    this.#ejected = false;
    this.#isHeld = false;
    this.#update();
  }

  /**
   * Starts draining: no new requests, while those in flight finish. Calls `onDrained` once, when the last one has
   * ended, which may be during this call. `false` stops draining.
   */
  setDraining(draining: boolean, onDrained?: () => void): void {
    if (draining && this.#draining) return;
    this.#draining = draining;
    this.#onDrained = draining ? onDrained : undefined;
    this.#update();
  }

  /** Enables or disables it by hand; health checks do not change this. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#update();
  }

  /** Excludes it for good, because it leads back to the proxy. */
  markAsLoop(): void {
    this.#isLoop = true;
    this.reason = 'is the proxy itself';
    this.#update();
  }

  /** `Infinity` removes the limit. */
  setMaxInFlight(maxInFlight: number): void {
    this.#maxInFlight = maxInFlight;
    this.#update();
  }

  /** Lets the weight of a slow start rise, after this many milliseconds more. */
  warmUp(elapsedMs: number): void {
    if (this.#share === 1) return;
    this.#warmMs += elapsedMs;
    this.#share =
      this.slowStartMs > 0 ? Math.min(1, Math.max(firstShare, this.#warmMs / this.slowStartMs)) : 1;
  }

  #update(): void {
    const { state, serving } = this;
    this.onChanged?.();
    this.available = state === 'available';
    this.serving = this.available || state === 'full';
    if (this.serving && !serving && this.slowStartMs > 0) {
      this.#warmMs = 0;
      this.#share = firstShare;
    }
    if (!this.drained) return;
    const onDrained = this.#onDrained;
    this.#onDrained = undefined;
    onDrained?.();
  }
}
