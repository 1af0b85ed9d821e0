import { setTimeout as sleep } from 'node:timers/promises';

/** A change of the state of an upstream in our proxy. */
export type UpstreamChange = { readonly atMs: number; readonly port: number; readonly state: string };

export type PoolWatch = {
  /** Ends the watch and returns what was seen. */
  stop(): Promise<{
    /** The first state of each upstream, and each change. */
    readonly changes: readonly UpstreamChange[];
    /** Requests, retries included, that the proxy sent to the copies. */
    readonly sent: number;
  }>;
};

type Upstream = { readonly id: string; readonly state: string; readonly requests: number };

const pollMs = 100;
const timeoutMs = 2000;
/** The state of an upstream that is no longer in its pool. */
const removed = 'removed';

const portOf = (id: string): number => Number(id.slice(id.lastIndexOf(':') + 1));

const askPools = async (adminPort: number): Promise<readonly Upstream[] | undefined> => {
  try {
    const response = await fetch(`http://127.0.0.1:${adminPort}/pools`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    const pools = (await response.json()) as readonly { readonly upstreams: readonly Upstream[] }[];
    return pools.flatMap(({ upstreams }) => upstreams);
  } catch {
    // The proxy itself may be what the experiment kills.
    return undefined;
  }
};

/** Asks the admin side of our proxy ten times a second for the states of its upstreams. */
export const watchPools = (adminPort: number): PoolWatch => {
  const ended = new AbortController();
  const changes: UpstreamChange[] = [];
  const states = new Map<number, string>();
  let base: ReadonlyMap<string, number> | undefined;
  const latest = new Map<string, number>();

  const note = (upstreams: readonly Upstream[]): void => {
    const atMs = performance.timeOrigin + performance.now();
    const found = new Map(upstreams.map(({ id, state }) => [portOf(id), state]));
    for (const port of states.keys()) if (!found.has(port)) found.set(port, removed);
    for (const [port, state] of found) {
      if (states.get(port) === state) continue;
      states.set(port, state);
      changes.push({ atMs, port, state });
    }
    base ??= new Map(upstreams.map(({ id, requests }) => [id, requests]));
    for (const { id, requests } of upstreams) latest.set(id, Math.max(requests, latest.get(id) ?? 0));
  };
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const upstreams = await askPools(adminPort);
      if (upstreams) note(upstreams);
      await sleep(pollMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async stop() {
      ended.abort();
      await running;
      // An upstream that joined during the watch began at 0.
      const sent = [...latest].reduce((sum, [id, count]) => sum + count - (base?.get(id) ?? 0), 0);
      return { changes, sent };
    },
  };
};
