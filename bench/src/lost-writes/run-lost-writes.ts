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
  /** One fault after the other, each some time after the one before began. */
  readonly faults: readonly FaultName[];
  readonly betweenFaultsMs: number;
  readonly onProgress?: (line: string) => void;
  /** Gets what ends everything that was started; unwound here in the end, and by its owner to end before. */
  readonly undo?: ShutdownStack;
};

export type FaultReport = {
  readonly name: FaultName;
  /** From its beginning until the answer to a write that began after it, which may be another copy's. */
  readonly untilAcknowledgedMs: number;
};

export type LostWritesReport = {
  readonly outcomes: Outcomes;
  readonly verdict: Verdict;
  readonly faults: readonly FaultReport[];
  readonly walSyncs: WalSyncs;
};

/** A further try: Postgres may have been killed a moment ago. */
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
  onProgress('ready; counting how often the log is synced');
  const walSyncs = await countWalSyncs(arena);
  onProgress(`${walSyncs.commits} commits one after the other: the log was synced ${walSyncs.syncs} times`);
  const prefix = 'write';
  const writers = startWriters(arena.url, count, prefix);
  const done: FaultReport[] = [];
  const running: Promise<void>[] = [];
  for (const [index, name] of options.faults.entries()) {
    await delay(betweenFaultsMs);
    const copy = arena.copies[index % arena.copies.length];
    if (copy === undefined) throw new Error('an arena has copies');
    // To kill what is not back yet, or has confirmed nothing for a while, would prove nothing.
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
 * Writes without a break through the proxy and three copies while one part after the other is killed, stopped or cut
 * off, and then holds what clients were told against what is stored.
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
