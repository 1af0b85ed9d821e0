import type { LoadResult } from '../loads/figures.ts';
import type { Load } from '../loads/load.ts';
import type { Running } from '../run.ts';

export type LoadOptions = {
  readonly seconds: number;
  /** The core that the load generator is held on. */
  readonly core: number | undefined;
  /** For its files. */
  readonly folder: string;
};

/** Puts a load on a contestant and counts. Throws when it could not, or does not understand what it was told. */
export type LoadTool<L extends Load = Load> = (
  load: L,
  running: Running,
  options: LoadOptions,
) => Promise<LoadResult>;

/** The address that this load asks of this contestant. */
export const urlOf = (load: Load, { url, path }: Running): string => `${url}${path ?? load.path}`;
