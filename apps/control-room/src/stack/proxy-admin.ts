import { describeFailure } from '@tripod/ui/describe-failure';

/** The admin side of our proxy, for what is no command of the stack. */
export type ProxyAdmin = {
  setPolicy(pool: string, policy: string): Promise<void>;
  setDraining(pool: string, port: number, draining: boolean): Promise<void>;
  /** What the proxy kept about a request. */
  findTrace(requestId: string): Promise<unknown>;
  /** The port of the admin side, which has the profiles of the proxy; undefined without one. */
  readonly port: number | undefined;
};

const timeoutMs = 5000;

const change = (body: unknown): RequestInit => ({
  method: 'PATCH',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

const ask = async (url: string, init: RequestInit = {}): Promise<unknown> => {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  if (response.ok) return await response.json();
  throw new Error(await describeFailure(response, 'The load balancer'));
};

/** Creates the client of an admin side. Its promises reject with a sentence. */
export const createProxyAdmin = (adminUrl: string | undefined): ProxyAdmin => {
  const url = (path: string): string => {
    if (adminUrl === undefined) throw new Error('This load balancer cannot do that while it runs.');
    return `${adminUrl}${path}`;
  };
  return {
    setPolicy: async (pool, policy) => void (await ask(url(`/pools/${pool}`), change({ policy }))),
    setDraining: async (pool, port, draining) =>
      void (await ask(url(`/pools/${pool}/upstreams/127.0.0.1:${port}`), change({ draining }))),
    findTrace: async (requestId) => await ask(url(`/traces/${encodeURIComponent(requestId)}`)),
    port: adminUrl === undefined ? undefined : Number(new URL(adminUrl).port),
  };
};
