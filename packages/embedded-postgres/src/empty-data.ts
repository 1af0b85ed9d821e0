import { rmSync } from 'node:fs';
import { endPostgres } from './end-postgres.ts';
import type { Layout } from './layout.ts';

/** Ends a Postgres whose guard was killed, then deletes data and state. The caller must hold the lock. */
export const emptyData = async (layout: Layout): Promise<void> => {
  await endPostgres(layout);
  for (const path of [layout.dataDir, layout.outsideDir, layout.stateFile]) {
    rmSync(path, { recursive: true, force: true });
  }
};
