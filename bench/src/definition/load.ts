type Common = {
  /** One word, for `--only`. */
  readonly name: string;
  /** The requests and their concurrency, for tables. */
  readonly about: string;
  readonly path: string;
  readonly connections: number;
  /** Names of the contestants. Default: all. */
  readonly contestants?: readonly string[];
  /** The contestant that the ratios refer to. Default: the peer of the run. */
  readonly peer?: string;
  /** Restarts each contestant for each round, for memory figures that earlier rounds would distort. */
  readonly fresh?: true;
  /** Measures peak memory minus the memory before the first request. */
  readonly measuresGrowth?: true;
  /** Minimum length of a measurement, for loads with few requests per second. */
  readonly minSeconds?: number;
  /** Maximum number of rounds, for loads where one round is as good as five. */
  readonly maxRounds?: number;
};

/** Persistent connections with one request at a time each (wrk). */
export type KeptConnections = Common & {
  readonly tool: 'wrk';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends If-None-Match with the ETag of the contestant, so that it answers 304. */
  readonly revalidates?: true;
  /** Body of a POST. */
  readonly body?: string;
  /** A Lua script for wrk that makes each request, in place of `body`. */
  readonly script?: string;
};

/** A new connection for each request, unless `keepAlive` (ab). */
export type NewConnections = Common & {
  readonly tool: 'ab';
  readonly keepAlive?: true;
  /** Number of requests after which the load ends. Default: it ends after the time of the round. */
  readonly requests?: number;
};

/** Clients that send one request and stay connected: their cost in memory. */
export type IdleClients = Common & { readonly tool: 'idle-clients' };

/** A server without any request: its cost in memory. */
export type IdleServer = Common & { readonly tool: 'idle-server' };

/** One load of a run. */
export type Load = KeptConnections | NewConnections | IdleClients | IdleServer;
