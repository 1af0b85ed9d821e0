import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';
import { findUnreadiness } from '../../src/copies/ask-readiness.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener);
  servers.push(server);
  return (await listen(server, { host: '127.0.0.1', port: 0 })).port;
};

// The first use of fetch loads it, which on a busy machine could last as long as a copy is waited for.
beforeAll(async () => {
  await fetch('data:,').then((response) => response.text());
});

describe('findUnreadiness', () => {
  it('finds nothing against a copy that is ready', async () => {
    const port = await serve((_request, response) => response.end('{"status":"ready"}'));
    expect(await findUnreadiness(port)).toBeUndefined();
  });

  it('says the reasons of a copy that is not', async () => {
    const reasons = { process: 'draining', database: 'connection refused' };
    const port = await serve((request, response) => {
      response.writeHead(request.url === '/readyz' ? 503 : 500);
      response.end(JSON.stringify({ status: 'not ready', reasons }));
    });
    expect(await findUnreadiness(port)).toBe('process: draining, database: connection refused');
  });

  it.each([
    ['never answers', (): void => undefined],
    ['answers something else', (_request, response) => void response.writeHead(503).end('no')],
  ] satisfies [string, RequestListener][])('says so when the copy %s', async (_what, listener) => {
    expect(await findUnreadiness(await serve(listener))).toBe('no answer to /readyz');
  });

  it('says so when nothing listens there', async () => {
    expect(await findUnreadiness(await freePort())).toBe('no answer to /readyz');
  });
});
