import { rmSync } from 'node:fs';
import { findDataDir } from './cluster.ts';
import { findIdentity } from './identity.ts';
import type { Layout } from './layout.ts';
import { stopPostmaster, sweepRemains } from './postmaster.ts';

/** Ends a Postgres whose guard was killed, then deletes data and state. The caller must hold the lock. */
export const emptyData = async (layout: Layout): Promise<void> => {
  const dataDir = findDataDir(layout);
  if (dataDir) {
    await stopPostmaster(dataDir);
    await sweepRemains(dataDir, layout.key, findIdentity(dataDir).uid ?? process.getuid?.() ?? 0);
  }
  for (const path of [layout.dataDir, layout.outsideDir, layout.stateFile]) {
    rmSync(path, { recursive: true, force: true });
  }
};
