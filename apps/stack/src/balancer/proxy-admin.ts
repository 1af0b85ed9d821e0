import { StartError } from '@tripod/shared/errors/start-error';

export type PoolUpstream = {
  readonly id: string;
  readonly state: string;
  readonly inFlight: number;
  /** Why it is unhealthy or ejected. */
  readonly reason?: string;
  readonly draining: boolean;
};

/** The proxy's admin side, as far as the stack uses it. Every call throws a StartError when it gets no good answer. */
export type ProxyAdmin = {
  upstreams(): Promise<readonly PoolUpstream[]>;
  add(url: string): Promise<void>;
  setDraining(id: string, draining: boolean): Promise<void>;
  remove(id: string): Promise<void>;
};

const poolName = 'api';
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
      throw new StartError(`The proxy's admin side at ${origin} does not answer.`, error);
    }
    const text = await response.text();
    if (!response.ok)
      throw new StartError(`The proxy refused ${method} ${path} with ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const upstreamsPath = `/pools/${poolName}/upstreams`;
  return {
    async upstreams() {
      const pools = (await ask('GET', '/pools')) as readonly {
        readonly name: string;
        readonly upstreams: readonly PoolUpstream[];
      }[];
      return pools.find(({ name }) => name === poolName)?.upstreams ?? [];
    },
    async add(url) {
      await ask('POST', upstreamsPath, { url });
    },
    async setDraining(id, draining) {
      await ask('PATCH', `${upstreamsPath}/${id}`, { draining });
    },
    async remove(id) {
      await ask('DELETE', `${upstreamsPath}/${id}`);
    },
  };
};
