import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { maxWaiting, serializeRequests } from '../../src/http/serialize-requests.ts';
import { serve } from '../support/serve.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

/** A server that holds each request until the test lets it answer. */
const start = async () => {
  const held: { readonly url: string; readonly response: ServerResponse }[] = [];
  const handle: RequestListener = ({ url = '' }, response) => void held.push({ url, response });
  const { port, server, cut } = await serve(serializeRequests(handle));
  ends.push(cut);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  return { port, server, held, sockets };
};

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

describe('serialized requests of one connection', () => {
  it('are handled one after the other, and answered in order', async () => {
    const { port, held } = await start();
    const received = exchangeRaw({
      port,
      bytes: [get('/1') + get('/2'), get('/3')],
      until: (text) => text.endsWith('answer of /3'),
    });
    for (const [at, path] of ['/1', '/2', '/3'].entries()) {
      const { url, response } = await waitFor('the next one', () => held[at]);
      expect([url, held.length]).toEqual([path, at + 1]);
      response.end(`answer of ${url}`);
    }
    expect((await received).match(/answer of \/\d/g)).toEqual([
      'answer of /1',
      'answer of /2',
      'answer of /3',
    ]);
  });

  it('are cut off when more than 1000 wait', async () => {
    const { port, held, sockets } = await start();
    const client = connect(port, '127.0.0.1');
    const closed = once(client, 'close');
    client.resume().write(get('/') + get('/').repeat(maxWaiting));
    const first = await waitFor('the first', () => held[0]);
    await waitFor('the rest', () => sockets[0]?.bytesRead === (maxWaiting + 1) * get('/').length);
    expect(first.response.destroyed).toBe(false);
    client.write(get('/'));
    await closed;
    expect(held).toHaveLength(1);
  });

  it('are dropped when the connection ends', async () => {
    const { port, held, sockets } = await start();
    const client = connect(port, '127.0.0.1');
    client.write(get('/1') + get('/2'));
    const first = await waitFor('the first', () => held[0]);
    first.response.write('the beginning');
    await waitFor('both', () => sockets[0]?.bytesRead === 2 * get('/1').length);
    client.resetAndDestroy();
    await waitFor('its end', () => {
      first.response.write('more');
      return sockets[0]?.destroyed;
    });
    first.response.end();
    await exchangeRaw({ port, bytes: 'no request\r\n\r\n' });
    expect(held.map(({ url }) => url)).not.toContain('/2');
  });

  it('are answered once each when the body of a waiting one is malformed', async () => {
    const { port, held } = await start();
    const broken = 'POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n';
    const received = exchangeRaw({ port, bytes: get('/1') + broken });
    (await waitFor('the first', () => held[0])).response.end('the first');
    expect((await received).match(/^HTTP\/1\.1 \d+|"code":"REQUEST_INVALID"|the first/gm)).toEqual([
      'HTTP/1.1 200',
      'the first',
      '"code":"REQUEST_INVALID"',
    ]);
    expect(held).toHaveLength(1);
  });
});
