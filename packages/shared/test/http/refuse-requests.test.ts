import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AppError } from '@tripod/shared/errors/app-error';
import { createReadiness } from '@tripod/shared/http/readiness';
import { sendProblem } from '@tripod/shared/http/send-problem';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { systemClock } from '../../src/async/clock.ts';

const servers: StoppableServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop({ drainDelayMs: 0, graceMs: 0 })));
});

const start = async (handler: RequestListener = (_request, response) => void response.end('fine')) => {
  const refused: AppError[] = [];
  const server = createStoppableServer(handler, {
    readiness: createReadiness(),
    clock: systemClock,
    refuse: (request, response, error) => {
      refused.push(error);
      sendProblem(request, response, error, { requestId: 'request-1' });
    },
  });
  servers.push(server);
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { server, port, refused };
};

const tunnel = 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n';
const held = 'GET /held HTTP/1.1\r\nHost: x\r\n\r\n';
const unknown = 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n';

describe('a server that refuses unsupported requests', () => {
  it.each([
    ['an unknown expectation', `${unknown}\r\n`, 417, 'EXPECTATION_FAILED'],
    ['one with a body', `${unknown}Content-Length: 2\r\n\r\n{}`, 417, 'EXPECTATION_FAILED'],
    ['one whose body does not come', `${unknown}Content-Length: 2\r\n\r\n`, 417, 'EXPECTATION_FAILED'],
    ['CONNECT', tunnel, 405, 'METHOD_NOT_ALLOWED'],
    ['CONNECT and what is sent on at once', tunnel + 'x'.repeat(200_000), 405, 'METHOD_NOT_ALLOWED'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nhOST: x\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['two Hosts in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n', 400, 'REQUEST_INVALID'],
  ])('answers %s with a problem, and the connection ends', async (_what, bytes, status, code) => {
    const { port } = await start();
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, expect.objectContaining({ code })]);
    expect(answer.headers).toMatchObject({
      connection: 'close',
      'content-length': String(answer.body.length),
    });
    expect(answer.headers['allow']).toBe(status === 405 ? 'GET, HEAD' : undefined);
  });

  it.each([
    ['100-continue', 'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n{}'],
    ['an expectation of HTTP/1.0, where there are none', 'GET / HTTP/1.0\r\nExpect: 200-ok\r\n\r\n'],
    ['no Host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
  ])('gives its handler what may well be asked: %s', async (_what, bytes) => {
    const { port, refused } = await start();
    await expect(exchangeRaw({ port, bytes, halfClose: true })).resolves.toMatch(/ 200 OK\r\n[\s\S]*fine/);
    expect(refused).toEqual([]);
  });

  it('answers the requests before a CONNECT first', async () => {
    const answers: (() => void)[] = [];
    const { server, port } = await start((_request, response) => {
      answers.push(() => response.end('the earlier one'));
    });
    server.server.on('connect', () => {
      for (const answer of answers) answer();
    });
    const received = await exchangeRaw({ port, bytes: held + held + tunnel });
    expect(received.match(/^HTTP\/1\.1 \d+|the earlier one(?=HTTP)/gm)).toEqual([
      'HTTP/1.1 200',
      'the earlier one',
      'the earlier one',
    ]);
    expect(received).toMatch(/HTTP\/1\.1 405 [\s\S]*METHOD_NOT_ALLOWED/);
  });

  it('sends a long answer before a CONNECT completely, as fast as the client reads', async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    const { server, port } = await start(async (_request, response) => {
      await once(server.server, 'connect');
      for (let count = 0; count < 5; count += 1) {
        if (!response.write(piece)) await once(response, 'drain');
      }
      response.end('the end');
    });
    const received = await exchangeRaw({ port, bytes: held + tunnel });
    expect(received.match(/the end|HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'the end', 'HTTP/1.1 405']);
  });

  it('cuts off a client that sends a CONNECT and does not read its earlier answers', async () => {
    const { server, port } = await start((_request, response) => void response.end(Buffer.alloc(20_000_000)));
    server.server.timeout = 1500;
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined).pause();
    client.write(held + tunnel);
    const [socket] = (await once(server.server, 'connection')) as [Socket];
    await once(socket, 'close');
    client.destroy();
  });

  it.each([
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
    ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n'],
  ])('carries nothing out that was sent behind %s', async (_what, bytes) => {
    const urls: unknown[] = [];
    const { port } = await start(({ url }, response) => {
      urls.push(url);
      response.end('fine');
    });
    const received = await exchangeRaw({ port, bytes: bytes + held });
    expect(received.match(/HTTP\/1\.1 \d+/g)).toHaveLength(1);
    expect(urls).toEqual([]);
  });

  it('survives clients that reset the connection after a CONNECT', async () => {
    const { server, port } = await start(() => undefined);
    let ended = 0;
    server.server.on('connection', (socket) => void socket.once('close', () => (ended += 1)));
    for (const first of ['', held]) {
      const client = connect(port, '127.0.0.1');
      client.on('error', () => undefined).write(first + tunnel);
      await new Promise((resolve) => void server.server.once('connect', resolve));
      client.resetAndDestroy();
    }
    await waitFor('both connections to end', () => ended === 2);
  });

  it('closes the answers that wait before a CONNECT when its connection closes', async () => {
    let [begun, closed] = [0, 0];
    const { server, port } = await start((_request, response) => {
      begun += 1;
      response.once('close', () => (closed += 1));
    });
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined).write(held.repeat(5) + tunnel);
    await new Promise((resolve) => void server.server.once('connect', resolve));
    expect([begun, closed]).toEqual([5, 0]);
    client.resetAndDestroy();
    await waitFor('the end of each', () => closed === 5);
  });

  it('cuts a CONNECT that waits for another answer when the grace period of the stop is over', async () => {
    const { server, port } = await start(() => undefined);
    const received = exchangeRaw({ port, bytes: held + tunnel });
    await new Promise((resolve) => void server.server.once('connect', resolve));
    await server.stop({ drainDelayMs: 0, graceMs: 1 });
    await expect(received).resolves.toBe('');
  });

  it('stops even when the client of a CONNECT does not close its side', async () => {
    const { server, port } = await start();
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.write(tunnel);
    await new Promise((resolve) => void client.resume().once('end', resolve));
    await server.stop({ drainDelayMs: 0 });
    client.destroy();
  });
});
