import type { ServerResponse } from 'node:http';

/**
 * Breaks off an answer that has begun, so that its client can't take a part for the whole: by a reset, since where the
 * end of the connection is that of the body (HTTP/1.0, RFC 9112 6.3) an orderly one would say that it is complete.
 */
export const cutResponse = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
  response.destroy();
};
