import type { ProcessSpec } from '../supervisor/supervised-process.ts';

/** What the proxy says of one copy. */
export type UpstreamReport = {
  readonly state: string;
  readonly inFlight: number;
  /** Why it gets no requests. */
  readonly reason?: string;
};

/**
 * What stands in front of the copies, as the stack moves them in and out of it: our proxy or nginx. What was asked
 * while it was down holds when it is up again.
 */
export type Balancer = {
  readonly spec: ProcessSpec;
  /** Sends requests to the copy from now on; resolves when it gets them, or would if it were healthy. */
  add(port: number): Promise<void>;
  /** Sends it no new ones; resolves when none is in flight, or after the longest wait. */
  drain(port: number): Promise<void>;
  /** Forgets a drained copy. */
  remove(port: number): Promise<void>;
  /** By port. Empty when the balancer can't tell. */
  report(): Promise<ReadonlyMap<number, UpstreamReport>>;
  /** The process serves, for the first time or again: brings it to what was asked meanwhile. */
  becameReady(): Promise<void>;
};

/** Longest wait for the requests that a copy is still answering. */
export const maxDrainMs = 30_000;
