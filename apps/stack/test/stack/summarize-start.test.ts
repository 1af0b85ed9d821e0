import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { listen } from '@tripod/shared/os/listen';
import { summarizeStart } from '../../src/stack/summarize-start.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A copy that reports for so many times that it is not ready, then that it is. Returns its port. */
const serveCopy = async (times: number, reasons: Readonly<Record<string, string>> = {}): Promise<number> => {
  let asked = 0;
  const server = createServer((_request, response) => {
    response.writeHead(asked < times ? 503 : 200).end(JSON.stringify({ reasons }));
    asked += 1;
  });
  servers.push(server);
  return (await listen(server, { host: '127.0.0.1', port: 0 })).port;
};
const toCopy = (port: number) => ({ port, healthPath: '/readyz' });
const never = Number.POSITIVE_INFINITY;
const refused = { database: 'connection refused' };

describe('the summary of a start', () => {
  it.each([
    ['there are no copies', []],
    ['one copy of two is ready', [never, 0]],
    ['a copy becomes ready shortly after', [2]],
  ])('is ready when %s', async (_what, times) => {
    const ports = await Promise.all(times.map((one) => serveCopy(one, refused)));
    expect(await summarizeStart(ports.map(toCopy), systemClock)).toBe('ready');
  });

  it.each([
    [refused, 'ready, but no copy can reach the database: connection refused'],
    [{ process: 'draining' }, 'ready, but no copy can serve: process: draining'],
  ])('names what is wrong when no copy can serve because of %j', async (reasons, sentence) => {
    const ports = [await serveCopy(never, reasons), await serveCopy(never, reasons)];
    expect(await summarizeStart(ports.map(toCopy), systemClock)).toBe(sentence);
  });
});
