import type { ServerResponse } from 'node:http';
import type { Clock } from '@tripod/shared/async/clock';
import { cutResponse } from '@tripod/shared/http/cut-response';

export type StreamOptions = {
  readonly clock: Clock;
  /** A client that takes nothing for so long is cut off: it would hold its part of the list for ever. */
  readonly stallMs: number;
};

/** Resolves when the client has taken what was written, when it has left, or when it was cut off. */
const untilTaken = (response: ServerResponse, { clock, stallMs }: StreamOptions): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stalled = clock.after(stallMs, () => cutResponse(response));
  // A client that leaves lets nothing drain any more: waiting for that alone would never end.
  response.once('drain', resolve).once('close', resolve);
  return promise.finally(() => {
    stalled.cancel();
    response.off('drain', resolve).off('close', resolve);
  });
};

/**
 * Writes pieces as fast as the client takes them: the next one is asked for when the one before has gone out. Stops
 * asking when the client has left. `begin` is called before the first byte, once there is one: a failure until then
 * can still be answered. Throws what asking for a piece throws.
 */
export const streamChunks = async (
  response: ServerResponse,
  chunks: AsyncIterable<Uint8Array>,
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
