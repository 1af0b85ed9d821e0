import type { ServerResponse } from 'node:http';

/**
 * Aborts an answer that has begun, so that the client can't mistake the part for the whole. It resets the connection:
 * where the end of the connection ends the body (HTTP/1.0, RFC 9112 6.3), an orderly close would mean that the body is
 * complete.
 */
export const cutResponse = (response: ServerResponse): void => {
  response.socket?.resetAndDestroy();
  response.destroy();
};
