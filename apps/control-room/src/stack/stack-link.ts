import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { askStack } from '@tripod/stack-client/ask-stack';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import type { Reading } from '@tripod/stack-client/reading';
import { watchStack } from '@tripod/stack-client/watch-stack';

export type StackLink = {
  /** Sends a command. Rejects with the sentence of the stack. */
  ask(request: ControlRequest): Promise<unknown>;
  /** Begins or ends the readings. Without them the stack measures nothing. */
  watch(isWanted: boolean): void;
};

/** A command such as `scale` answers when it is done; a drain may take long. */
const askTimeoutMs = 60_000;
const retryMs = 1000;

/** The connection to the stack over its control socket. A lost one is made again once a second while it is wanted. */
export const createStackLink = (options: {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly onReading: (reading: Reading) => void;
  /** Called once when the stack can't be reached, and again after it was. */
  readonly onLost: (reason: string) => void;
}): StackLink => {
  const { socketPath, clock, onReading, onLost } = options;
  const common = { socketPath, startCommand: 'pnpm dev' };
  let watching: AbortController | undefined;

  const keepWatching = async (signal: AbortSignal): Promise<void> => {
    let isLost = false;
    while (!signal.aborted) {
      try {
        await watchStack({
          ...common,
          signal,
          onReading: (reading) => {
            isLost = false;
            onReading(reading);
          },
        });
      } catch (error) {
        if (!isLost && !signal.aborted) onLost(error instanceof Error ? error.message : String(error));
        isLost = true;
      }
      if (!signal.aborted) await pause(clock, retryMs);
    }
  };
  return {
    ask: (request) => askStack(request, { ...common, timeoutMs: askTimeoutMs }),
    watch(isWanted) {
      if (!isWanted) {
        watching?.abort();
        watching = undefined;
      } else if (!watching) {
        watching = new AbortController();
        void keepWatching(watching.signal);
      }
    },
  };
};
