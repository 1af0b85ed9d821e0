/**
 * How often something was answered since the last sample, and how fast. Percentiles cover the same time; they are
 * undefined when nothing was answered in it.
 */
export type Traffic = {
  readonly requestsPerSecond: number;
  /** Answers per second by class of status, such as `{ "2xx": 120, "5xx": 1 }`. Classes without answers are left out. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly p50Ms?: number | undefined;
  readonly p90Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
};

/** One process of the stack at the time of a sample. What is not known is undefined. */
export type ProcessSample = Partial<Traffic> & {
  readonly name: string;
  /** The service that the process belongs to. */
  readonly service: string;
  /** `ready`, `starting`, `restarting`, `failed`, `stopping`, `stopped`, or `paused` while SIGSTOP holds it. */
  readonly state: string;
  readonly pid?: number | undefined;
  readonly port?: number | undefined;
  /** The armed fault in words, such as `slow, 200 ms`. Undefined while none is armed. */
  readonly fault?: string | undefined;
  readonly restarts?: number | undefined;
  /** Requests that the load balancer is waiting for. */
  readonly inFlight?: number | undefined;
  /** Attempts per second that got no answer from this copy. */
  readonly failuresPerSecond?: number | undefined;
  /** Since the load balancer started. */
  readonly ejections?: number | undefined;
  /** What the load balancer reports about the copy: `available`, `ejected`, `unhealthy`, `draining`, `full`. */
  readonly upstreamState?: string | undefined;
  /** Why the copy receives no requests. */
  readonly upstreamReason?: string | undefined;
  /** Processor time as a share of one core: 0.5 is half a core. */
  readonly cpu?: number | undefined;
  /** Resident memory. */
  readonly memoryBytes?: number | undefined;
  /**
   * The longest delay of its event loop since the last sample. Null when the process was asked and did not answer;
   * undefined for a process that cannot be asked.
   */
  readonly loopDelayMs?: number | null | undefined;
};

/** The load balancer as a whole. The percentiles are those of all copies, from their histograms added up. */
export type ProxySample = Partial<Traffic> & {
  readonly name: string;
  readonly policy?: string | undefined;
  /** Retries per second. */
  readonly retriesPerSecond?: number | undefined;
  /** Since the load balancer started. */
  readonly retries?: number | undefined;
  readonly ejections?: number | undefined;
  /** Client connections that are open. */
  readonly connections?: number | undefined;
};

/** The database, as far as it is known. */
export type DatabaseSample = {
  /** Client connections of all databases of the server. */
  readonly connections?: number | undefined;
  readonly maxConnections?: number | undefined;
  /** Transactions per second that committed or rolled back. */
  readonly transactionsPerSecond?: number | undefined;
  /** Sessions that wait for a lock at this moment. */
  readonly waiting?: number | undefined;
};

export type StackSample = {
  readonly type: 'sample';
  /** The time as in the logs: ISO 8601 with milliseconds. */
  readonly at: string;
  readonly processes: readonly ProcessSample[];
  readonly proxy?: ProxySample | undefined;
  readonly database?: DatabaseSample | undefined;
};

export type StackEventKind =
  | 'started'
  | 'ready'
  | 'killed'
  | 'exited'
  | 'stopped'
  | 'ejected'
  | 'back'
  | 'scaled'
  | 'policy'
  | 'fault armed'
  | 'fault healed';

/** Something that happened to a process or a service. */
export type StackEvent = {
  readonly type: 'event';
  /** The time as in the logs: ISO 8601 with milliseconds. */
  readonly at: string;
  readonly kind: StackEventKind;
  /** The process, such as `api-2`, or the service, such as `api`. */
  readonly service: string;
  /** A few words, such as the reason of an ejection. */
  readonly detail?: string | undefined;
};

/** What a watcher of a stack receives. */
export type Reading = StackSample | StackEvent;
