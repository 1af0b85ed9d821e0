import { findDataDir, removeDrafts } from './cluster.ts';
import { findIdentity } from './identity.ts';
import type { Layout } from './layout.ts';
import { stopPostmaster, sweepRemains } from './postmaster.ts';

/** Ends what a killed guard has left: an initdb with its draft, and a Postgres. The caller must hold the lock. */
export const endPostgres = async (layout: Layout): Promise<void> => {
  for (const folder of [layout.home, layout.outsideDir]) await removeDrafts(folder);
  const dataDir = findDataDir(layout);
  if (dataDir === undefined) return;
  await stopPostmaster(dataDir);
  await sweepRemains(dataDir, layout.key, findIdentity(dataDir).uid ?? process.getuid?.() ?? 0);
};
