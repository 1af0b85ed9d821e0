import { setTimeout as delay } from 'node:timers/promises';
import { createShutdownStack, type ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { waitFor } from '@tripod/testing/wait-for';
import { countWalSyncs, type WalSyncs } from './count-wal-syncs.ts';
import { type FaultName, faults } from './faults.ts';
import { judgeWrites, type Outcomes, type Verdict } from './outcomes.ts';
import { startTestSystem, type TestSystem, type TestSystemOptions } from './start-test-system.ts';
import { startWriters } from './start-writers.ts';

export type LostWritesOptions = TestSystemOptions & {
  readonly writers: number;
  /** The faults in their order, one at an interval. */
  readonly faults: readonly FaultName[];
  readonly betweenFaultsMs: number;
  readonly onProgress?: (line: string) => void;
  /** Receives the steps that stop everything. It is unwound at the end of the run, or earlier by its owner. */
  readonly undo?: ShutdownStack;
};

export type FaultReport = {
  readonly name: FaultName;
  /** Time from the start of the fault to the response of a write that was sent after it. */
  readonly untilAcknowledgedMs: number;
};

export type LostWritesReport = {
  readonly outcomes: Outcomes;
  readonly verdict: Verdict;
  readonly faults: readonly FaultReport[];
  readonly walSyncs: WalSyncs;
};

/** Tries several times, because Postgres may have been killed a moment ago. */
const readTitles = (system: TestSystem, prefix: string): Promise<readonly string[]> =>
  waitFor('the table', async () => {
    try {
      const rows = await system.query(`select title from images where title like '${prefix} %'`);
      return rows.map(({ title }) => String(title));
    } catch {
      return false;
    }
  });

const injectFaults = async (system: TestSystem, options: LostWritesOptions): Promise<LostWritesReport> => {
  const { writers: count, betweenFaultsMs, onProgress = () => undefined } = options;
  onProgress('ready; counting syncs of the write-ahead log');
  const walSyncs = await countWalSyncs(system);
  onProgress(`${walSyncs.commits} sequential commits: the log was synced ${walSyncs.syncs} times`);
  const prefix = 'write';
  const writers = startWriters(system.url, count, prefix);
  const done: FaultReport[] = [];
  const running: Promise<void>[] = [];
  for (const [index, name] of options.faults.entries()) {
    await delay(betweenFaultsMs);
    const copy = system.copies[index % system.copies.length];
    if (copy === undefined) throw new Error('the system has no copies');
    // Killing Postgres proves something only when it is running and has just confirmed a write.
    if (name === 'kill Postgres') await writers.untilAcknowledged();
    onProgress(name);
    const began = performance.now();
    running.push(faults[name](system, copy));
    running.push(
      writers.untilAcknowledged().then(() => {
        done.push({ name, untilAcknowledgedMs: performance.now() - began });
      }),
    );
  }
  await Promise.all(running);
  const outcomes = await writers.stop();
  await system.untilReady();
  const verdict = judgeWrites(outcomes, await readTitles(system, prefix));
  return { outcomes, verdict, faults: done, walSyncs };
};

/**
 * Writes continuously through the proxy and three copies while faults are injected, and then compares the
 * responses of the clients with the rows that are stored.
 */
export const runLostWrites = async (options: LostWritesOptions): Promise<LostWritesReport> => {
  const undo = options.undo ?? createShutdownStack();
  options.onProgress?.('starting Postgres, three copies and the proxy');
  try {
    return await injectFaults(await startTestSystem(options, undo), options);
  } finally {
    await undo.unwind();
  }
};
