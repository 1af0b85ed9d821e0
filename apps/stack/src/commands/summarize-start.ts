import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { findUnreadiness } from '../copies/ask-readiness.ts';

const pollMs = 100;
/** The first connection to the database takes a moment. */
const maxWaitMs = 2000;
const databaseReason = 'database: ';

/** `ready`, or what is wrong when there are copies and none of them is ready within two seconds. */
export const summarizeStart = async (ports: readonly number[], clock: Clock): Promise<string> => {
  const deadlineMs = clock.monotonicMs() + maxWaitMs;
  for (;;) {
    const found = await Promise.all(ports.map(findUnreadiness));
    const [reason] = found;
    if (reason === undefined || found.includes(undefined)) return 'ready';
    if (clock.monotonicMs() >= deadlineMs) {
      return reason.startsWith(databaseReason)
        ? `ready, but no copy can reach the database: ${reason.slice(databaseReason.length)}`
        : `ready, but no copy is: ${reason}`;
    }
    await pause(clock, pollMs);
  }
};
