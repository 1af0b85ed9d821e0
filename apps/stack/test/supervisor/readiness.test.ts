import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { pollReadiness, type Readiness } from '../../src/supervisor/readiness.ts';

const servers: Server[] = [];
const polls: (() => void)[] = [];
afterEach(() => {
  for (const endPolling of polls.splice(0)) endPolling();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const poll = (readiness: Readiness, port: number) => {
  const seen = { ready: 0 };
  const onReady = (): void => {
    seen.ready += 1;
  };
  const endPolling = pollReadiness(readiness, { port, clock: systemClock, onReady });
  polls.push(endPolling);
  return { seen, endPolling };
};

/** A server that answers 503 so many times, then 200. */
const serve = async (port: number, failures = 0) => {
  const answered = { count: 0 };
  const server = createServer((_request, response) => {
    response.writeHead(answered.count < failures ? 503 : 200).end();
    answered.count += 1;
  });
  servers.push(server);
  await listen(server, { host: '127.0.0.1', port });
  return answered;
};

describe('asking a process whether it is ready', () => {
  it.each<Readiness>([{ type: 'tcp' }, { type: 'http', path: '/' }])(
    'by %j succeeds once the process listens',
    async (readiness) => {
      const port = await freePort();
      const { seen } = poll(readiness, port);
      expect(seen.ready).toBe(0);
      await serve(port);
      await waitFor('readiness', () => seen.ready === 1);
    },
  );

  it('by HTTP goes on until the answer is 200', async () => {
    const port = await freePort();
    const answered = await serve(port, 2);
    const { seen } = poll({ type: 'http', path: '/readyz' }, port);
    await waitFor('readiness', () => seen.ready === 1);
    expect(answered.count).toBe(3);
  });

  it('ends when the process has ended', async () => {
    const port = await freePort();
    const first = poll({ type: 'tcp' }, port);
    first.endPolling();
    await serve(port);
    const second = poll({ type: 'tcp' }, port);
    await waitFor('readiness of the second process', () => second.seen.ready === 1);
    expect(first.seen.ready).toBe(0);
  });
});
