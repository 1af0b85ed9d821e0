import { describe, expect, it, jest } from '@jest/globals';
import { checkout } from '@tripod/testing/spawn-node';
import { runLostWrites } from '../../bench/src/lost-writes/run-lost-writes.ts';

// A limit against hanging.
jest.setTimeout(300_000);

describe('writes through the proxy and three copies', () => {
  it('are stored exactly once when they were confirmed, despite kills, stops and lost connections', async () => {
    const { outcomes, verdict, walSyncs } = await runLostWrites({
      checkout,
      synchronousCommit: 'on',
      writers: 16,
      // The longest fault comes first.
      faults: ['cut a database connection', 'kill Postgres', 'stop a copy', 'kill a copy'],
      betweenFaultsMs: 1000,
    });
    expect(outcomes.acknowledged.size).toBeGreaterThan(100);
    expect(verdict).toMatchObject({ lost: [], doubled: [], unexpected: [] });
    expect(walSyncs.syncs).toBeGreaterThanOrEqual(walSyncs.commits * 0.9);
  });

  // The control: it shows that the other test can find a lost write.
  it('are lost in part when Postgres runs without synchronous commit', async () => {
    const { verdict, walSyncs } = await runLostWrites({
      checkout,
      synchronousCommit: 'off',
      writers: 16,
      faults: ['kill Postgres', 'kill Postgres'],
      betweenFaultsMs: 1000,
    });
    expect(verdict.lost.length).toBeGreaterThan(0);
    expect(walSyncs.syncs).toBeLessThan(walSyncs.commits * 0.9);
  });
});
