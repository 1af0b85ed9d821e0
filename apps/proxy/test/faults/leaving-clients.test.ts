import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { metricOf, reportOf } from '../support/admin.ts';
import { ask } from '../support/ask.ts';
import { runNodeUpstream } from '../support/echo-upstream.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { routeTo } from '../support/run-proxy.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { stopAll } from '../support/stop-all.ts';

afterEach(killProxies);
afterEach(stopAll);

/** States in which clients disconnect: before an answer, during it, during the body of the request. */
const beginnings = [
  'GET /wait HTTP/1.1\r\nHost: h\r\n\r\n',
  'GET /begin HTTP/1.1\r\nHost: h\r\n\r\n',
  'POST /wait HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf',
  'POST /begin HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
];

describe.each(engineNames)('1,000 clients that disconnect from the engine %s', (engine) => {
  it('abort their requests at the upstream and leave nothing behind', async () => {
    const counts = { arrived: 0, aborted: 0 };
    const upstream = await runNodeUpstream((request, response) => {
      request.resume();
      if (request.url === '/') {
        response.end('hello');
        return;
      }
      counts.arrived += 1;
      response.once('close', () => {
        if (!response.writableFinished) counts.aborted += 1;
      });
      if (request.url === '/begin') response.write('a beginning');
    });
    const proxy = spawnProxy(proxyArgs(engine, routeTo(upstream), '--upstream-keep-alive-ms=300'));
    const addresses = await addressesOf(proxy);
    const { port } = addresses;
    const openFiles = () => metricOf(addresses, 'process_open_fds');
    await ask({ port });
    await openFiles();
    const before = await openFiles();
    for (let round = 1; round <= 4; round += 1) {
      const clients = Array.from({ length: 250 }, (_, index) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.resume();
        socket.write(beginnings[index % beginnings.length] ?? '');
        return socket;
      });
      await waitFor('all at the upstream', () => counts.arrived === round * 250);
      for (const socket of clients) socket.resetAndDestroy();
      await waitFor('all to be aborted', () => counts.aborted === round * 250);
    }
    await waitFor('as many open files as before', async () => (await openFiles()) <= before);
    expect(await metricOf(addresses, 'http_requests_in_flight')).toBe(0);
    expect(await reportOf(addresses, upstream)).toMatchObject({
      inFlight: 0,
      state: 'available',
      ejections: 0,
    });
    expect((await ask({ port })).text).toBe('hello');
  });
});
