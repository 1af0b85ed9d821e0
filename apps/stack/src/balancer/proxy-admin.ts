import { StartError } from '@tripod/shared/errors/start-error';
import type { SparseCounts } from '@tripod/shared/metrics/latency-histogram';

export type PoolUpstream = {
  readonly id: string;
  readonly state: string;
  readonly inFlight: number;
  /** Why it is unhealthy or ejected. */
  readonly reason?: string;
  readonly draining: boolean;
};

/** A pool with the counters of its upstreams since the start of the proxy. */
export type PoolReading = {
  readonly policy: string;
  readonly upstreams: readonly (PoolUpstream & {
    readonly failures: number;
    readonly retries: number;
    readonly ejections: number;
    readonly answers: Readonly<Record<string, number>>;
    readonly latencyBuckets: SparseCounts;
  })[];
};

/** The calls of the proxy's admin API that the stack uses. Each throws a StartError when it fails. */
export type ProxyAdmin = {
  /** The upstreams of every pool, by the name of the pool. */
  pools(): Promise<ReadonlyMap<string, readonly PoolUpstream[]>>;
  readings(): Promise<readonly PoolReading[]>;
  add(pool: string, url: string): Promise<void>;
  setDraining(pool: string, id: string, draining: boolean): Promise<void>;
  remove(pool: string, id: string): Promise<void>;
  /** Makes the proxy read its configuration file again. */
  reload(): Promise<void>;
};

const timeoutMs = 3000;

export const createProxyAdmin = (adminPort: number): ProxyAdmin => {
  const origin = `http://127.0.0.1:${adminPort}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    let response: Response;
    try {
      response = await fetch(`${origin}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new StartError(`The admin API of the proxy at ${origin} does not answer.`, error);
    }
    const text = await response.text();
    if (!response.ok) {
      throw new StartError(`The proxy answered ${method} ${path} with ${response.status}: ${text}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    async pools() {
      const pools = (await ask('GET', '/pools')) as readonly {
        readonly name: string;
        readonly upstreams: readonly PoolUpstream[];
      }[];
      return new Map(pools.map(({ name, upstreams }) => [name, upstreams]));
    },
    readings: async () => (await ask('GET', '/pools?latency=buckets')) as readonly PoolReading[],
    async add(pool, url) {
      await ask('POST', `/pools/${pool}/upstreams`, { url });
    },
    async setDraining(pool, id, draining) {
      await ask('PATCH', `/pools/${pool}/upstreams/${id}`, { draining });
    },
    async remove(pool, id) {
      await ask('DELETE', `/pools/${pool}/upstreams/${id}`);
    },
    async reload() {
      await ask('POST', '/config/reload');
    },
  };
};
