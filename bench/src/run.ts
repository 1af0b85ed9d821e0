import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { Cores } from './machine/cores.ts';

/** A running contestant. Its processor time is that of this process and everything below it. */
export type Contestant = {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
};

/** One kind of requests: `wrk` keeps its connections, `ab` opens a new one for each request. */
export type Load = {
  readonly name: string;
  readonly tool: 'wrk' | 'ab';
  readonly path: string;
  readonly connections: number;
};

/** Where a run starts its processes. */
export type Place = {
  readonly cores: Cores;
  /** For configuration and log files; removed at the end. */
  readonly folder: string;
  readonly checkout: string;
  /** Everything that is started is pushed here. */
  readonly stack: ShutdownStack;
};

/** One comparison. A file in `runs/` exports it as `run`; the file's name is the name of the run. */
export type Run = {
  /** One line: what is compared with what. */
  readonly about: string;
  readonly loads: readonly Load[];
  /** Starts both contestants, and what both need. */
  start(place: Place): Promise<{ readonly measured: Contestant; readonly peer: Contestant }>;
};
