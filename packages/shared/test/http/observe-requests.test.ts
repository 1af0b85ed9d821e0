import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRequestObserver, observeRequests } from '@tripod/shared/http/observe-requests';
import { silentLogger } from '@tripod/shared/logging/logger';
import type { RequestLine } from '@tripod/shared/logging/request-line';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { exchangeRaw } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { parseMetrics } from '../support/parse-metrics.ts';
import { serve } from '../support/serve.ts';

let running: Awaited<ReturnType<typeof serve>> | undefined;
afterEach(async () => {
  await running?.cut();
  running = undefined;
});

const start = async (listener: RequestListener) => {
  const lines: RequestLine[] = [];
  const clock = createFakeClock();
  const metrics = new RequestMetrics();
  const observe = observeRequests({
    logger: { ...silentLogger, request: (line) => void lines.push(line) },
    metrics,
    clock,
  });
  running = await serve((request, response) => observe(request, response, () => listener(request, response)));
  const all = createMetrics();
  metrics.register(all);
  const total = async () =>
    parseMetrics(await all.render()).samples.filter(({ name }) => name === 'http_requests_total');
  return { ...running, lines, clock, total };
};

describe('observeRequests', () => {
  it('writes one line with method, target, status, bytes of the body and duration', async () => {
    const { port, lines, clock, total } = await start((request, response) => {
      request.url = '/rewritten';
      clock.advance(12);
      response.statusCode = 201;
      response.end('fine');
    });
    const bytes = 'POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Request-Id: given-id\r\nConnection: close\r\n\r\n';
    const text = await exchangeRaw({ port, bytes });
    await waitFor('the line', () => lines.length === 1);
    expect(lines).toEqual([
      {
        method: 'POST',
        url: '/a?b=c',
        status: 201,
        bytes: 'fine'.length,
        durationMs: 12,
        requestId: 'given-id',
      },
    ]);
    expect(text).toContain('X-Request-Id: given-id');
    expect(await total()).toEqual([
      { name: 'http_requests_total', labels: { method: 'POST', status: '201' }, value: 1 },
    ]);
  });

  it('logs a failed health check and not a successful one', async () => {
    const { port, lines, total } = await start((request, response) => {
      response.statusCode = request.url === '/readyz?2' ? 503 : 200;
      response.end();
    });
    for (const path of ['/livez', '/readyz', '/metrics', '/readyz?2', '/readyz/x']) {
      await exchangeRaw({ port, bytes: `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n` });
    }
    await waitFor('the last line', () => lines.length === 2);
    expect(lines.map(({ url }) => url)).toEqual(['/readyz?2', '/readyz/x']);
    expect((await total()).reduce((sum, { value }) => sum + value, 0)).toBe(5);
  });

  it('logs a series of failed health checks once, and the next series again', async () => {
    const statuses = [200, 503, 503, 503, 500, 200, 503];
    const { port, lines } = await start((_request, response) => {
      response.statusCode = statuses.shift() ?? 0;
      response.end();
    });
    while (statuses.length > 0) {
      await exchangeRaw({ port, bytes: 'GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' });
    }
    await waitFor('the last line', () => lines.length >= 3);
    expect(lines.map(({ status }) => status)).toEqual([503, 500, 503]);
  });

  it('counts the bytes of each response separately on a keep-alive connection', async () => {
    const sockets = new Set<unknown>();
    const { port, lines } = await start((request, response) => {
      sockets.add(request.socket);
      response.end('fine');
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const count of [1, 2]) {
      const [response] = (await once(get({ host: '127.0.0.1', port, agent }), 'response')) as [
        IncomingMessage,
      ];
      await once(response.resume(), 'end');
      await waitFor('the line', () => lines.length === count);
    }
    agent.destroy();
    expect(sockets.size).toBe(1);
    expect(lines.map(({ bytes }) => bytes)).toEqual([4, 4]);
  });

  it('logs 499 when the client disconnects before the answer', async () => {
    const { port, lines } = await start((_request, response) => void response.write('the first part'));
    const client = connect(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(client, 'data');
    client.resetAndDestroy();
    await waitFor('the line', () => lines.length === 1);
    expect(lines[0]?.status).toBe(499);
  });
});

describe('createRequestObserver', () => {
  /** Answers by `end`, but `/slow` by `watch`, after its client has gone when it asks for that. */
  const startOwn = async () => {
    const lines: RequestLine[] = [];
    const clock = createFakeClock();
    const metrics = new RequestMetrics();
    const all = createMetrics();
    metrics.register(all);
    const logger = { ...silentLogger, request: (line: RequestLine) => void lines.push(line) };
    const observer = createRequestObserver({ logger, metrics, clock });
    running = await serve((request, response) => {
      const observed = observer.begin(request);
      clock.advance(5);
      if (observed.url === '/gone') response.once('close', () => observer.watch(observed, response));
      else if (observed.url === '/slow') {
        observer.watch(observed, response);
        clock.advance(7);
        response.end('slow');
      } else {
        response.end('own');
        observer.end(observed, 200, 3);
      }
      if (observed.url === '/gone') request.socket.destroy();
    });
    const inFlight = async () =>
      parseMetrics(await all.render()).samples.find(({ name }) => name === 'http_requests_in_flight')?.value;
    return { ...running, lines, inFlight };
  };

  it.each([
    ['/fast', { status: 200, bytes: 3, durationMs: 5 }],
    ['/slow', { status: 200, bytes: 4, durationMs: 12 }],
    ['/gone', { status: 499, bytes: 0, durationMs: 5 }],
  ])('writes one line, and counts the request no longer: %s', async (path, line) => {
    const { port, lines, inFlight } = await startOwn();
    const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: given-id\r\nConnection: close\r\n\r\n`;
    await exchangeRaw({ port, bytes });
    await waitFor('the line', () => lines.length > 0);
    expect(lines).toEqual([{ method: 'GET', url: path, requestId: 'given-id', ...line }]);
    await expect(inFlight()).resolves.toBe(0);
  });
});
