type Common = {
  /** One word, as typed after `--only`. */
  readonly name: string;
  /** What is asked for, and how often at the same time. */
  readonly about: string;
  readonly path: string;
  readonly connections: number;
  /** Names of those that take part. Default: all. */
  readonly contestants?: readonly string[];
  /** Among them, the one that divides the figures of the others. Default: the peer of the run. */
  readonly peer?: string;
  /** Each contestant is started anew for each round: for memory, which what went before would blur. */
  readonly fresh?: true;
  /** Tells by how much memory grew at its peak, over what the contestant took before its first request. */
  readonly tellsGrowth?: true;
  /** Measured for so long at least, where less would be a few requests. */
  readonly minSeconds?: number;
  /** So many rounds at most, where one tells as much as five. */
  readonly maxRounds?: number;
};

/** Kept connections, each with one request at a time (wrk). */
export type KeptConnections = Common & {
  readonly tool: 'wrk';
  readonly headers?: Readonly<Record<string, string>>;
  /** Asks with If-None-Match for what the contestant sent before, so that it answers 304. */
  readonly revalidates?: true;
  /** Sent by POST. */
  readonly body?: string;
};

/** A new connection for each request, unless `keepAlive` (ab). */
export type NewConnections = Common & {
  readonly tool: 'ab';
  readonly keepAlive?: true;
  /** Ends after so many requests. Default: when the time is over. */
  readonly requests?: number;
};

/** Clients that asked once and stay connected: what they cost in memory. */
export type IdleClients = Common & { readonly tool: 'idle-clients' };

/** A server that nobody has asked anything yet: what it costs in memory. */
export type IdleServer = Common & { readonly tool: 'idle-server' };

/** What is asked of the contestants. */
export type Load = KeptConnections | NewConnections | IdleClients | IdleServer;
