/** What the page and the server of the control room tell each other. Times are ms; what is not known is undefined. */

/** One copy of the server. */
export type CopyFigures = {
  readonly name: string;
  readonly state: string;
  readonly fault?: string | undefined;
  readonly upstreamState?: string | undefined;
  readonly upstreamReason?: string | undefined;
  /** From 0 to 1, of the requests of this second. */
  readonly share?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  readonly failuresPerSecond?: number | undefined;
  readonly inFlight?: number | undefined;
  readonly p50Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  /** As a share of one core. */
  readonly cpu?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** Null when the copy was asked and did not answer. */
  readonly loopDelayMs?: number | null | undefined;
  readonly ejections?: number | undefined;
};

/** What a part of the system took of the machine, as a share of one core. */
export type Took = { readonly name: string; readonly cpu?: number | undefined };

export type LoadFigures = {
  readonly requests: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  readonly failedPerSecond: number;
  readonly p50Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  /** Users of the closed model, or the rate of the open model. */
  readonly load: number;
  readonly elapsedMs: number;
};

/** One second of the whole system. */
export type RoomSample = {
  readonly atMs: number;
  readonly copies: readonly CopyFigures[];
  readonly proxy: {
    readonly name: string;
    readonly policy?: string | undefined;
    readonly requestsPerSecond?: number | undefined;
    readonly failedPerSecond?: number | undefined;
    readonly retriesPerSecond?: number | undefined;
    readonly p50Ms?: number | undefined;
    readonly p99Ms?: number | undefined;
  };
  readonly database:
    | {
        readonly connections?: number | undefined;
        readonly maxConnections?: number | undefined;
        readonly transactionsPerSecond?: number | undefined;
        readonly waiting?: number | undefined;
      }
    | undefined;
  readonly load: LoadFigures | undefined;
  readonly took: readonly Took[];
};

export type RoomEvent = {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  readonly service: string;
  readonly detail?: string | undefined;
};

/** One row of the statistics. */
export type StatisticsRow = {
  readonly type: string;
  readonly name: string;
  readonly requests: number;
  readonly fails: number;
  readonly medianMs?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly averageMs?: number | undefined;
  readonly minMs?: number | undefined;
  readonly maxMs?: number | undefined;
  readonly averageBytes?: number | undefined;
  readonly currentRps?: number | undefined;
  readonly failuresPerSecond?: number | undefined;
};

export type FailureRow = {
  readonly kind: string;
  readonly count: number;
  readonly firstAtMs?: number | undefined;
  readonly lastAtMs?: number | undefined;
};

/** What a load does. */
export type LoadSettings = {
  readonly scenario: string;
  readonly model:
    | { readonly kind: 'closed'; readonly users: number; readonly spawnRate: number }
    | { readonly kind: 'open'; readonly rate: number };
  readonly runTimeMs: number;
  readonly maxP99Ms?: number;
  readonly maxFailed?: number;
};

/** What the page knows about the lab from the beginning. */
export type LabFacts = {
  readonly lab: string;
  /** The address that the load is sent to. */
  readonly host: string;
  /** The service whose copies are shown, such as `api`. */
  readonly service: string;
  readonly policies: readonly string[];
  readonly scenarios: readonly { readonly name: string; readonly title: string }[];
  readonly defaults: LoadSettings;
};

/** The results of the load so far, or of the last load. */
export type LoadReport = {
  readonly isRunning: boolean;
  readonly rows: readonly StatisticsRow[];
  readonly total?: StatisticsRow | undefined;
  readonly failures: readonly FailureRow[];
  /** Why the times can't be trusted: the generator was late. */
  readonly late?: string | undefined;
};

/** The messages of the event stream by name. A snapshot comes first, also after a lost connection. */
export type RoomMessages = {
  readonly snapshot: {
    readonly facts: LabFacts;
    readonly samples: readonly RoomSample[];
    readonly events: readonly RoomEvent[];
    readonly report?: LoadReport | undefined;
  };
  readonly sample: RoomSample;
  readonly event: RoomEvent;
  readonly report: LoadReport;
};

export type MessageName = keyof RoomMessages;
