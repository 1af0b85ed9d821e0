import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { findUnreadiness } from '../supervisor/find-unreadiness.ts';

/** A copy that can be asked whether it can serve. */
export type AskedCopy = { readonly port: number; readonly healthPath: string };

const pollMs = 100;
/** The first connection to the database takes a moment. */
const maxWaitMs = 2000;
const databaseReason = 'database: ';

/** Returns `ready`, or what is wrong when there are copies and none of them can serve within two seconds. */
export const summarizeStart = async (copies: readonly AskedCopy[], clock: Clock): Promise<string> => {
  const deadlineMs = clock.monotonicMs() + maxWaitMs;
  for (;;) {
    const reasons = await Promise.all(
      copies.map(({ port, healthPath }) => findUnreadiness(port, healthPath)),
    );
    const [reason] = reasons;
    if (reason === undefined || reasons.includes(undefined)) return 'ready';
    if (clock.monotonicMs() >= deadlineMs) {
      return reason.startsWith(databaseReason)
        ? `ready, but no copy can reach the database: ${reason.slice(databaseReason.length)}`
        : `ready, but no copy can serve: ${reason}`;
    }
    await pause(clock, pollMs);
  }
};
