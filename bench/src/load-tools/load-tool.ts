import type { LoadResult } from '../definition/figures.ts';
import type { Load } from '../definition/load.ts';
import type { Running } from '../definition/run.ts';

export type LoadOptions = {
  readonly seconds: number;
  /** The core that the load generator is pinned to. */
  readonly core: number | undefined;
  /** Folder for its files. */
  readonly folder: string;
};

/**
 * Runs a load against a contestant and returns its counts. Throws when the program fails or prints unexpected output.
 */
export type LoadTool<L extends Load = Load> = (
  load: L,
  running: Running,
  options: LoadOptions,
) => Promise<LoadResult>;

/** Returns the URL that a load requests from a contestant. */
export const urlOf = (load: Load, { url, path }: Running): string => `${url}${path ?? load.path}`;
