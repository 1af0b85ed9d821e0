import type { StackRow } from '../lab/lab-stack.ts';
import type { UpstreamChange } from '../lab/watch-pools.ts';
import type { RecordedLoad } from '../load/run-recorded-load.ts';

/** A step that was carried out. Times are milliseconds since 1970. */
export type Mark = {
  readonly run: string;
  /** When the command was started: requests from here on may see the fault. */
  readonly startedMs: number;
  /** When the fault happened: the first line that the command printed, or its end. */
  readonly beganMs: number;
  readonly endedMs: number;
};

/** What was seen in one run of the load. */
export type Observation = {
  readonly load: RecordedLoad;
  readonly beganMs: number;
  readonly endedMs: number;
  /** When all processes served again after the last step: the end of the method. */
  readonly settledMs: number;
  /** Empty in a control run. */
  readonly marks: readonly Mark[];
  readonly changes: readonly UpstreamChange[];
  /** Requests that our proxy sent to copies; undefined for another load balancer. */
  readonly sent: number | undefined;
  /** The processes of the stack before the run, between its steps, and after it. */
  readonly rows: {
    readonly before: readonly StackRow[];
    readonly between: readonly StackRow[];
    readonly after: readonly StackRow[];
  };
};
