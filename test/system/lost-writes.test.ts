import { describe, expect, it, jest } from '@jest/globals';
import { checkout } from '@tripod/testing/spawn-node';
import { runLostWrites } from '../../bench/src/lost-writes/run-lost-writes.ts';

// Guards against a test that hangs; nothing is measured by them.
jest.setTimeout(300_000);

describe('writes through the proxy and three copies', () => {
  it('are stored once when they were confirmed, whatever is killed, stopped or cut off', async () => {
    const { outcomes, verdict, walSyncs } = await runLostWrites({
      checkout,
      synchronousCommit: 'on',
      writers: 16,
      // The one that lasts longest first.
      faults: ['cut a wire', 'kill Postgres', 'stop a copy', 'kill a copy'],
      betweenFaultsMs: 1000,
    });
    expect(outcomes.acknowledged.size).toBeGreaterThan(100);
    expect(verdict).toMatchObject({ lost: [], doubled: [], unasked: [] });
    expect(walSyncs.syncs).toBeGreaterThanOrEqual(walSyncs.commits * 0.9);
  });

  // Without this one, the other would prove nothing.
  it('are lost where Postgres does not wait for its disk', async () => {
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
