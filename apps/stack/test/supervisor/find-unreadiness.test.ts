import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';
import { findUnreadiness } from '../../src/supervisor/find-unreadiness.ts';

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

// The first use of fetch loads it, which on a busy machine could take longer than the timeout.
beforeAll(async () => {
  await fetch('data:,').then((response) => response.text());
});

describe('asking a server why it is not ready', () => {
  it('returns undefined for a server that is ready', async () => {
    const port = await serve((_request, response) => response.end('{"status":"ready"}'));
    expect(await findUnreadiness(port, '/readyz')).toBeUndefined();
  });

  it('returns the reasons of a server that is not ready', async () => {
    const reasons = { process: 'draining', database: 'connection refused' };
    const port = await serve((request, response) => {
      response.writeHead(request.url === '/readyz' ? 503 : 500);
      response.end(JSON.stringify({ status: 'not ready', reasons }));
    });
    expect(await findUnreadiness(port, '/readyz')).toBe('process: draining, database: connection refused');
  });

  it.each([
    ['never answers', (): void => undefined],
    ['answers something else', (_request, response) => void response.writeHead(503).end('no')],
  ] satisfies [string, RequestListener][])(
    'reports that there was no answer when the server %s',
    async (_what, listener) => {
      expect(await findUnreadiness(await serve(listener), '/readyz')).toBe('no answer to /readyz');
    },
  );

  it('reports that there was no answer when nothing listens', async () => {
    expect(await findUnreadiness(await freePort(), '/readyz')).toBe('no answer to /readyz');
  });
});
