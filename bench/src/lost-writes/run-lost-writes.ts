import { setTimeout as delay } from 'node:timers/promises';
import { createShutdownStack, type ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { waitFor } from '@tripod/testing/wait-for';
import { countWalSyncs, type WalSyncs } from './count-wal-syncs.ts';
import { type FaultName, faults } from './faults.ts';
import { judgeWrites, type Outcomes, type Verdict } from './outcomes.ts';
import { type Arena, type ArenaOptions, startArena } from './start-arena.ts';
import { startWriters } from './start-writers.ts';

export type LostWritesOptions = ArenaOptions & {
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
const readTitles = (arena: Arena, prefix: string): Promise<readonly string[]> =>
  waitFor('the table', async () => {
    try {
      const rows = await arena.query(`select title from images where title like '${prefix} %'`);
      return rows.map(({ title }) => String(title));
    } catch {
      return false;
    }
  });

const disturb = async (arena: Arena, options: LostWritesOptions): Promise<LostWritesReport> => {
  const { writers: count, betweenFaultsMs, onProgress = () => undefined } = options;
  onProgress('ready; counting syncs of the write-ahead log');
  const walSyncs = await countWalSyncs(arena);
  onProgress(`${walSyncs.commits} sequential commits: the log was synced ${walSyncs.syncs} times`);
  const prefix = 'write';
  const writers = startWriters(arena.url, count, prefix);
  const done: FaultReport[] = [];
  const running: Promise<void>[] = [];
  for (const [index, name] of options.faults.entries()) {
    await delay(betweenFaultsMs);
    const copy = arena.copies[index % arena.copies.length];
    if (copy === undefined) throw new Error('the arena has no copies');
    // Killing Postgres proves something only when it is running and has just confirmed a write.
    if (name === 'kill Postgres') await writers.untilAcknowledged();
    onProgress(name);
    const began = performance.now();
    running.push(faults[name](arena, copy));
    running.push(
      writers.untilAcknowledged().then(() => {
        done.push({ name, untilAcknowledgedMs: performance.now() - began });
      }),
    );
  }
  await Promise.all(running);
  const outcomes = await writers.stop();
  await arena.untilReady();
  const verdict = judgeWrites(outcomes, await readTitles(arena, prefix));
  return { outcomes, verdict, faults: done, walSyncs };
};

/**
 * Writes continuously through the proxy and three copies while faults are injected, and then compares what clients were told with
 * what is stored.
 */
export const runLostWrites = async (options: LostWritesOptions): Promise<LostWritesReport> => {
  const undo = options.undo ?? createShutdownStack();
  options.onProgress?.('starting Postgres, three copies and the proxy');
  try {
    return await disturb(await startArena(options, undo), options);
  } finally {
    await undo.unwind();
  }
};
