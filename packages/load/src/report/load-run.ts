import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { LoadResult, RunFigures } from './load-result.ts';
import type { JudgedThreshold } from './thresholds.ts';

/** The machine that generated the load. */
export type Machine = {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
};

/** A result with what is needed to read it later. `--json` writes it, and the HTML report is made of it. */
export type LoadRun = RunFigures &
  Partial<Pick<LoadResult, 'generator' | 'changes' | 'samples'>> & {
    /** The tool that generated the load, when it was not `load` itself. */
    readonly tool?: ToolFacts;
    /** ISO 8601. */
    readonly startedAt: string;
    /** The flags of the run by name, such as `users`. */
    readonly settings: Readonly<Record<string, string | number | boolean>>;
    readonly machine: Machine;
    readonly thresholds: readonly JudgedThreshold[];
  };

export type ToolFacts = {
  readonly name: string;
  /**
   * Whether the times contain the time that requests waited because the server was slow. Without it, a pause of the
   * server counts once and not for each request that would have come.
   */
  readonly corrected: boolean;
  /** How the tool does or does not correct its times, as a sentence. */
  readonly correction: string;
};

/** Describes this machine. `nodeVersion` is that of the process. */
export const readMachine = (nodeVersion: string): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 1_048_576),
  system: `${platform()} ${release()} ${arch()}`,
  node: nodeVersion,
});
