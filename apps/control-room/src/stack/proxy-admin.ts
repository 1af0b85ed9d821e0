/** The admin side of our proxy, for what is no command of the stack. */
export type ProxyAdmin = {
  setPolicy(pool: string, policy: string): Promise<void>;
  setDraining(pool: string, port: number, draining: boolean): Promise<void>;
};

const timeoutMs = 5000;

const change = async (url: string, body: unknown): Promise<void> => {
  const response = await fetch(url, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.ok) return;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  throw new Error(problem.detail ?? problem.title ?? `The load balancer answered ${response.status}.`);
};

/** Creates the client of an admin side. Its promises reject with a sentence. */
export const createProxyAdmin = (adminUrl: string | undefined): ProxyAdmin => {
  const url = (path: string): string => {
    if (adminUrl === undefined) throw new Error('This load balancer cannot change it while it runs.');
    return `${adminUrl}${path}`;
  };
  return {
    setPolicy: async (pool, policy) => await change(url(`/pools/${pool}`), { policy }),
    setDraining: async (pool, port, draining) =>
      await change(url(`/pools/${pool}/upstreams/127.0.0.1:${port}`), { draining }),
  };
};
