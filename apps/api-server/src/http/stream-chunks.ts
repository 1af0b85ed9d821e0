import type { ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { createDeferred } from '@tripod/shared/async/deferred';
import { cutResponse } from '@tripod/shared/http/cut-response';

export type StreamOptions = {
  readonly clock: Clock;
  /** How long a client may take nothing before its connection is reset, which frees what it holds of the list. */
  readonly stallMs: number;
};

/** Resolves when the client has taken what was written, or when its connection has closed. */
const untilTaken = (response: ServerResponse, { clock, stallMs }: StreamOptions): Promise<void> => {
  const { promise, resolve } = createDeferred<void>();
  const stalled = clock.after(stallMs, () => cutResponse(response));
  // After a client has left there is no `drain` any more.
  response.once('drain', resolve).once('close', resolve);
  return promise.finally(() => {
    stalled.cancel();
    response.off('drain', resolve).off('close', resolve);
  });
};

/**
 * Writes chunks as fast as the client takes them: the next one is requested when the one before has been taken. Stops
 * when the client has left. `begin` is called before the first byte, once there is one, so that an earlier failure can
 * still be answered with an error. Throws what the source of the chunks throws.
 */
export const streamChunks = async (
  response: ServerResponse,
  chunks: AsyncIterable<string | Uint8Array>,
  begin: () => void,
  options: StreamOptions,
): Promise<void> => {
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.headersSent) begin();
    if (!response.write(chunk) && !response.destroyed) await untilTaken(response, options);
  }
  response.end();
};
