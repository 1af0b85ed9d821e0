import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { applyServerLimits, serverOptions } from '@tripod/shared/http/server-timeouts';

describe('serverOptions', () => {
  it('apply to a server that is created with them', () => {
    const server = createServer(serverOptions);
    applyServerLimits(server, { stallMs: 60_000 });
    expect(server).toMatchObject({
      timeout: 60_000,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      maxHeadersCount: 0,
      maxRequestsPerSocket: 10_000,
    });
  });

  it('check connections more often than the shortest time-out', () => {
    const { connectionsCheckingInterval = 30_000, headersTimeout = 0 } = serverOptions;
    expect(connectionsCheckingInterval).toBeLessThan(headersTimeout);
  });
});
