import { type AskOptions, askStack } from './ask-stack.ts';
import type { Reading } from './reading.ts';

export type WatchOptions = Pick<AskOptions, 'socketPath' | 'startCommand' | 'signal'> & {
  /** Time between samples: 100 to 60,000. Default 1000. */
  readonly intervalMs?: number;
  readonly onReading: (reading: Reading) => void;
};

/**
 * Receives a sample at once and then one each interval, and each event as it happens. Resolves when the stack stops or
 * the signal aborts. Throws a StartError when no stack runs or its process ends without a stop.
 */
export const watchStack = async ({
  socketPath,
  startCommand,
  intervalMs = 1000,
  signal,
  onReading,
}: WatchOptions): Promise<void> => {
  await askStack(
    { command: 'watch', intervalMs },
    {
      ...{ socketPath, startCommand },
      // The stack is of this version, so that its readings have these types.
      onReading: (reading) => onReading(reading as Reading),
      ...(signal ? { signal } : {}),
    },
  );
};
