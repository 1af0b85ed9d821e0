import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { LoadResult } from './figures.ts';
import type { Goal } from './goal.ts';
import type { Load } from './load.ts';

/** A running contestant. */
export type Running = {
  /** Processor time and memory are those of these processes and their descendants. */
  readonly pids: readonly number[];
  readonly url: string;
  /** Replaces the path of the load, for contestants that are two paths of one server. */
  readonly path?: string;
  /** For a contestant that generates its own load and is not a server. */
  readonly measure?: (load: Load, seconds: number) => Promise<LoadResult>;
};

/** A server that takes part in a run. */
export type Contestant = {
  /** One word, for `--contestants`. */
  readonly name: string;
  /** Its configuration, for readers of the figures. */
  readonly about: string;
  /** Required programs. Without them the contestant is skipped with a message. */
  readonly programs?: readonly string[];
  /** Starts it. `urls` are the addresses that `prepare` of the run returned. */
  start(place: Place, urls: readonly string[]): Promise<Running>;
};

/** The core for each role. Undefined: not pinned. */
export type Cores = {
  /** Core of the contestants, which take turns. */
  readonly measured: number | undefined;
  readonly load: number | undefined;
  readonly upstreams: number | undefined;
};

/** The environment in which a run starts its processes. */
export type Place = {
  readonly cores: Cores;
  /** Folder for configuration and log files; removed at the end. */
  readonly folder: string;
  readonly checkout: string;
  /** Receives a step that stops each started process. */
  readonly stack: ShutdownStack;
};

/** One comparison. A file in `runs/` exports it as `run`; the name of the file is the name of the run. */
export type Run = {
  /** One line about what is compared. */
  readonly about: string;
  readonly contestants: readonly Contestant[];
  /** Name of the contestant that ratios refer to. */
  readonly peer: string;
  readonly loads: readonly Load[];
  readonly goals: readonly Goal[];
  /** Title of the chart of `--write-docs`. */
  readonly chartTitle: string;
  /** Programs that the run requires. */
  readonly programs: readonly string[];
  /** No CPU pinning, for contestants of several processes. */
  readonly onAllCores?: true;
  /** Starts what all contestants need, such as upstreams, and returns the addresses. */
  prepare(place: Place): Promise<readonly string[]>;
};
