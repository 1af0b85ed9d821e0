import type { Server, ServerOptions } from 'node:http';

/**
 * Time-outs of the servers behind the proxy, in one place, each with its reason. A head or a body that comes too
 * slowly is cut off, or a few hundred sleeping clients would hold the server.
 */
export const serverOptions: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Node looks at the two above only this often; its own default of 30 s would make them mean 40 s and 60 s.
  connectionsCheckingInterval: 1000,
  // Longer than the proxy keeps idle connections (4 s), so that it is always the caller who closes.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  noDelay: true,
};

/** Applies the limits that node:http has as properties of a server, not as options of `createServer`. */
export const applyServerLimits = (server: Server, { stallMs }: { stallMs: number | undefined }): void => {
  if (stallMs !== undefined) server.timeout = stallMs;
  // A head cut to its first 1000 lines was a way to smuggle requests (CVE-2026-58044): the byte limit holds instead.
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = 10_000;
  // A client that has sent its request and closes its side still waits for the answer (RFC 9112 9.6).
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
};
