import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { freePorts } from '@tripod/testing/free-port';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../src/engine-table.ts';
import { ask } from './support/ask.ts';
import { routeTo, runProxy } from './support/run-proxy.ts';
import { addressesOf, killProxies, spawnProxy } from './support/spawn-proxy.ts';
import { stopAll } from './support/stop-all.ts';
import { runUpstream } from './support/upstreams.ts';

afterEach(killProxies);
afterEach(stopAll);

const refused = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

/** A clock that counts its timers that have neither fired nor been cancelled. */
const countingClock = () => {
  let waiting = 0;
  return {
    ...systemClock,
    waiting: () => waiting,
    after(ms: number, callback: () => void) {
      let open = true;
      const done = (): void => {
        if (open) waiting -= 1;
        open = false;
      };
      waiting += 1;
      const timer = systemClock.after(ms, () => {
        done();
        callback();
      });
      return {
        cancel: () => {
          done();
          timer.cancel();
        },
      };
    },
  };
};

describe.each(engineNames)('stopping a proxy with the engine %s', (engine) => {
  it('finishes the requests in flight, closes its connections, and exits with 0', async () => {
    let answer = (): void => undefined;
    const upstream = await runUpstream((socket) => {
      answer = () => void socket.write(plainResponse('finished'));
    });
    const [port = 0, adminPort = 0] = await freePorts(2);
    const args = [
      `--port=${port}`,
      `--admin-port=${adminPort}`,
      '--health-path=off',
      `--engine=${engine}`,
      '--drain-delay-ms=0',
    ];
    const proxy = spawnProxy([...args, `--route=/=${upstream.url}`]);
    await addressesOf(proxy);
    const idle = connect(port, '127.0.0.1');
    const idleEnded = new Promise((resolve) => idle.once('close', resolve));
    idle.resume();
    const inFlight = exchangeRaw({ port, bytes: 'GET / HTTP/1.1\r\nHost: h\r\n\r\n' });
    await waitFor('the request at the upstream', () => upstream.requests.length === 1);
    proxy.child.kill('SIGTERM');
    await idleEnded;
    await waitFor('the listener to refuse', () => refused(port));
    answer();
    const response = parseRawResponse(await inFlight);
    expect(response).toMatchObject({ status: 200, body: 'finished' });
    expect(response.headers['connection']).toBe('close');
    expect(await proxy.ended).toBe(0);
    expect(proxy.stderr()).toBe('');
  });

  it('serves during the drain delay as not ready, and closes each connection', async () => {
    const upstream = await runUpstream();
    const args = [
      '--port=0',
      '--admin-port=0',
      '--health-path=off',
      `--engine=${engine}`,
      '--drain-delay-ms=60000',
    ];
    const proxy = spawnProxy([...args, `--route=/=${upstream.url}`]);
    const { port, adminPort } = await addressesOf(proxy);
    const ready = () => ask({ port: adminPort, path: '/readyz', headers: { Host: 'localhost' } });
    expect((await ready()).status).toBe(200);
    proxy.child.kill('SIGTERM');
    await waitFor('503 on /readyz', async () => (await ready()).status === 503);
    expect((await ask({ port: adminPort, path: '/livez', headers: { Host: 'localhost' } })).status).toBe(200);
    const answer = await ask({ port, headers: { Connection: 'keep-alive' } });
    expect(answer).toMatchObject({ status: 200, text: 'hello', headers: { connection: 'close' } });
    proxy.child.kill('SIGTERM');
    expect(await proxy.ended).toBe(143);
  });

  it('stops at once with idle connections on both sides', async () => {
    const upstream = await runUpstream();
    const [port = 0, adminPort = 0] = await freePorts(2);
    const proxy = await runProxy({ engine, route: routeTo(upstream), port, adminPort });
    const agent = new Agent({ keepAlive: true });
    for (let request = 0; request < 3; request += 1) await ask({ ...proxy, agent });
    await proxy.stop();
    await waitFor('the connection to the upstream to be closed', () => upstream.open === 0);
    expect(await refused(proxy.port)).toBe(true);
    expect(await refused(proxy.adminPort)).toBe(true);
    agent.destroy();
  });

  it('leaves no timer and no connection after any kind of ending', async () => {
    const good = await runUpstream();
    const broken = await runUpstream((socket) => void socket.resetAndDestroy());
    const clock = countingClock();
    const proxy = await runProxy({
      engine,
      clock,
      route: routeTo(good, broken),
      healthPath: '/readyz',
      healthIntervalMs: 50,
      maxFails: 1,
    });
    const client = (bytes: string) => exchangeRaw({ port: proxy.port, bytes });
    for (let round = 0; round < 3; round += 1) {
      await ask(proxy);
      await ask({ ...proxy, method: 'POST', body: 'x' });
      await client('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
      await client('broken\r\n\r\n');
      const gone = connect(proxy.port, '127.0.0.1');
      gone.on('error', () => undefined);
      await new Promise<void>((resolve) => gone.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n', () => resolve()));
      gone.resetAndDestroy();
    }
    await proxy.stop();
    await waitFor('the last timers', () => clock.waiting() === 0);
    await waitFor('the last connections', () => good.open + broken.open === 0);
  });
});
