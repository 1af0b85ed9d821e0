import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { listen } from '@tripod/shared/os/listen';
import { summarizeStart } from '../../src/commands/summarize-start.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A copy that is not ready so many times, by that reason, and ready then. Returns its port. */
const serveCopy = async (times: number, reasons: Readonly<Record<string, string>> = {}): Promise<number> => {
  let asked = 0;
  const server = createServer((_request, response) => {
    response.writeHead(asked < times ? 503 : 200).end(JSON.stringify({ reasons }));
    asked += 1;
  });
  servers.push(server);
  return (await listen(server, { host: '127.0.0.1', port: 0 })).port;
};
const never = Number.POSITIVE_INFINITY;
const refused = { database: 'connection refused' };

describe('summarizeStart', () => {
  it.each([
    ['there are no copies', []],
    ['one copy of two is', [never, 0]],
    ['a copy becomes so a moment later', [2]],
  ])('says ready when %s', async (_what, times) => {
    const ports = await Promise.all(times.map((one) => serveCopy(one, refused)));
    expect(await summarizeStart(ports, systemClock)).toBe('ready');
  });

  it.each([
    [refused, 'ready, but no copy can reach the database: connection refused'],
    [{ process: 'draining' }, 'ready, but no copy is: process: draining'],
  ])('says what is wrong when no copy is, by %j', async (reasons, sentence) => {
    const ports = [await serveCopy(never, reasons), await serveCopy(never, reasons)];
    expect(await summarizeStart(ports, systemClock)).toBe(sentence);
  });
});
