import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../../src/engine-table.ts';
import { ask, json } from '../../support/ask.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { sendAllThenRead } from '../../support/send-all.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

const held: Socket[] = [];

afterEach(async () => {
  for (const socket of held.splice(0)) socket.destroy();
  await stopAll();
});

const overloaded = { status: 503, headers: { 'retry-after': '1', connection: 'close' } };

describe.each(engineNames)('connections over the limit of the engine %s', (engine) => {
  /** Clients that are connected, each of them served once. */
  const hold = async (port: number, count: number): Promise<void> => {
    for (let number = 0; number < count; number += 1) {
      const socket = connect(port, '127.0.0.1');
      held.push(socket);
      let text = '';
      socket.on('data', (piece) => {
        text += piece.toString('latin1');
      });
      socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
      await waitFor('the answer to a client', () => text.endsWith('hello'));
    }
  };

  it('are answered 503 with a complete problem, and existing connections keep working', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxConnections: 2 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await ask({ ...proxy, agent });
    await hold(proxy.port, 1);
    const answer = await ask(proxy);
    expect(answer).toMatchObject(overloaded);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(json(answer)).toMatchObject({ code: 'PROXY_OVERLOADED', status: 503 });
    expect((await ask({ ...proxy, agent })).text).toBe('hello');
    expect(upstream.requests).toHaveLength(3);
    agent.destroy();
  });

  it('get their response before they have sent anything, and are logged', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxConnections: 1 });
    await hold(proxy.port, 1);
    const answer = parseRawResponse(await exchangeRaw({ port: proxy.port, bytes: '' }));
    expect(answer).toMatchObject(overloaded);
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    const line = proxy.log.requests.find(({ status }) => status === 503);
    expect(line).toMatchObject({ method: '-', requestId: answer.headers['x-request-id'] });
  });

  it('are not reset while the client still sends', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxConnections: 1, maxBodyBytes: 1e7 });
    await hold(proxy.port, 1);
    const head = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n';
    const pieces = Array.from({ length: 80 }, () => 'x'.repeat(100_000));
    const answer = parseRawResponse(await sendAllThenRead(proxy.port, [head, ...pieces]));
    expect(answer).toMatchObject(overloaded);
    expect(upstream.requests).toHaveLength(1);
  });

  it('are accepted again each time that another connection has closed', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxConnections: 2 });
    await hold(proxy.port, 2);
    expect((await ask(proxy)).status).toBe(503);
    held.shift()?.destroy();
    for (let number = 0; number < 5; number += 1) {
      await waitFor('a free connection', async () => (await ask(proxy)).status === 200);
    }
  });
});
