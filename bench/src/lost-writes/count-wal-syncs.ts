import { waitFor } from '@tripod/testing/wait-for';
import type { TestSystem } from './start-test-system.ts';

/** How often the write-ahead log was synced to disk during this number of sequential commits. */
export type WalSyncs = { readonly commits: number; readonly syncs: number };

const atLeast = 40;

const write = async (url: string): Promise<void> => {
  const body = JSON.stringify({ title: 'sync', alt_text: 'One commit', url: '/images/fox.svg' });
  const response = await fetch(`${url}/images.json`, { method: 'POST', body });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`a write got the status ${response.status}`);
};

/**
 * A server process of Postgres reports its statistics at most once a second, and only between statements. So writes
 * continue until enough of them are reported. The last counts may be a second old.
 */
export const countWalSyncs = async (system: TestSystem): Promise<WalSyncs> => {
  const [copy] = system.copies;
  if (copy === undefined) throw new Error('the system has no copies');
  const read = async (): Promise<{ syncs: number; inserts: number }> => {
    const [row] = await system.query(
      `select (select sum(fsyncs) from pg_stat_io where object = 'wal')::int as syncs,
         (select n_tup_ins from pg_stat_user_tables where relname = 'images')::int as inserts`,
    );
    return { syncs: Number(row?.['syncs'] ?? 0), inserts: Number(row?.['inserts'] ?? 0) };
  };
  const before = await read();
  return await waitFor(
    'the statistics of Postgres',
    async () => {
      for (let count = 0; count < 5; count += 1) await write(copy.url);
      const now = await read();
      const commits = now.inserts - before.inserts;
      return commits >= atLeast && { commits, syncs: now.syncs - before.syncs };
    },
    // Each sync may be slow on a busy disk.
    60_000,
  );
};
