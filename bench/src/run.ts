import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { LoadResult } from './loads/figures.ts';
import type { Load } from './loads/load.ts';
import type { Cores } from './machine/cores.ts';
import type { Goal } from './report/goal.ts';

/** A contestant that runs. */
export type Running = {
  /** Its processor time and memory are those of these processes and everything below them. */
  readonly pids: readonly number[];
  readonly url: string;
  /** Asked for instead of the path of the load: for contestants that are two paths of one server. */
  readonly path?: string;
  /** For a program that makes its load itself, and is no server. */
  readonly measure?: (load: Load, seconds: number) => Promise<LoadResult>;
};

/** What is measured, or measured against. */
export type Contestant = {
  /** One word, as typed after `--contestants`. */
  readonly name: string;
  /** How it is set up: what a reader of the figures must know. */
  readonly about: string;
  /** Programs that must be installed: without them it is left out, and that is said. */
  readonly programs?: readonly string[];
  /** Given the addresses that `prepare` of its run returned. */
  start(place: Place, urls: readonly string[]): Promise<Running>;
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
  readonly contestants: readonly Contestant[];
  /** The name of the contestant whose figures divide those of all others. */
  readonly peer: string;
  readonly loads: readonly Load[];
  readonly goals: readonly Goal[];
  /** What stands over the chart that `--write-docs` draws of the ratios of requests per second. */
  readonly chartTitle: string;
  /** Programs without which there is no comparison. */
  readonly programs: readonly string[];
  /** Everything runs wherever the system puts it: for contestants of several processes. */
  readonly onAllCores?: true;
  /** Starts what all contestants need, such as upstreams, and returns its addresses. */
  prepare(place: Place): Promise<readonly string[]>;
};
