import { connect } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { ask } from '../../support/ask.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const questions = 9000;

it('the http-proxy engine disconnects a client that requests errors and reads no response', async () => {
  const proxy = await runProxy({
    engine: 'http-proxy',
    route: routeTo(await runUpstream()),
    // Longer than a page takes on a busy machine, so that only a page that is not read takes this long.
    idleTimeoutMs: 3000,
  });
  const client = connect({ port: proxy.port, host: '127.0.0.1' });
  let pages = 0;
  let closed = false;
  client.on('error', () => undefined);
  client.on('data', (piece) => {
    pages += piece.toString('latin1').split('HTTP/1.1 404').length - 1;
  });
  client.once('close', () => {
    closed = true;
  });
  client.pause();
  // Error pages, more than the buffers of both sides hold, so that one is not written.
  client.write('GET /livez HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n'.repeat(questions));
  try {
    await waitFor('an aborted response', () =>
      proxy.log.requests.some(({ durationMs }) => durationMs >= 3000),
    );
    client.resume();
    await waitFor('the end of the connection', () => closed);
    expect(pages).toBeLessThan(questions);
  } finally {
    client.destroy();
  }
  expect((await ask({ port: proxy.port })).text).toBe('hello');
});
