import { StartError } from '@tripod/shared/errors/start-error';

type Pool = { readonly name: string; readonly upstreams: readonly { readonly id: string }[] };

const timeoutMs = 5000;

/**
 * Limits the requests that our proxy has in flight to each copy; null removes the limit. Throws a StartError when its
 * admin side refuses.
 */
export const limitInFlight = async (adminPort: number, maxInFlight: number | null): Promise<void> => {
  const admin = `http://127.0.0.1:${adminPort}`;
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(admin + path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return response;
    throw new StartError(`The proxy answered ${path} with ${response.status}: ${await response.text()}`);
  };
  const pools = (await (await ask('/pools')).json()) as readonly Pool[];
  for (const { name, upstreams } of pools) {
    for (const { id } of upstreams) {
      await ask(`/pools/${name}/upstreams/${id}`, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ maxInFlight }),
      });
    }
  }
};
