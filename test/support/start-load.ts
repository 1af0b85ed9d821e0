import { Agent, request } from 'node:http';

/** The result of a load. */
export type LoadResult = {
  readonly requests: number;
  /** Descriptions of everything other than a complete 200. */
  readonly failures: readonly string[];
  /** Number of responses by copy. */
  readonly byCopy: ReadonlyMap<string, number>;
};

export type Load = {
  /** Number of responses so far. */
  readonly requests: number;
  /** Number of responses of a copy so far. */
  answersOf(copy: string): number;
  stop(): Promise<LoadResult>;
};

/** Requests one URL continuously over several persistent connections until it is stopped. */
export const startLoad = (url: string, { connections = 8 } = {}): Load => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const failures: string[] = [];
  const byCopy = new Map<string, number>();
  let requests = 0;
  let stopping = false;

  const askOnce = (): Promise<void> =>
    new Promise((resolve) => {
      const fail = (error: Error): void => {
        failures.push(error.message);
        resolve();
      };
      const outgoing = request(url, { agent }, (response) => {
        response.resume();
        response.once('error', fail);
        response.once('end', () => {
          requests += 1;
          const copy = String(response.headers['x-served-by'] ?? 'none');
          byCopy.set(copy, (byCopy.get(copy) ?? 0) + 1);
          if (response.statusCode !== 200) failures.push(`status ${response.statusCode}`);
          resolve();
        });
      });
      outgoing.once('error', fail);
      outgoing.end();
    });
  const user = async (): Promise<void> => {
    while (!stopping) await askOnce();
  };
  const users = Array.from({ length: connections }, user);
  return {
    get requests() {
      return requests;
    },
    answersOf: (copy) => byCopy.get(copy) ?? 0,
    stop: async () => {
      stopping = true;
      await Promise.all(users);
      agent.destroy();
      return { requests, failures, byCopy };
    },
  };
};
