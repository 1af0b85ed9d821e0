import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';

const opened = new Set<Socket>();
const servers = new Set<Server>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
  for (const server of servers) server.close();
  servers.clear();
});
afterEach(stopAll);

const answer = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large';
const piece = Buffer.alloc(65_536, 'x');

/**
 * An upstream that responds to the head of a request, reads nothing more, and closes: unread bytes make that a reset.
 */
const runImpatientUpstream = async () => {
  const server = createServer((socket) => {
    opened.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.pause();
      socket.write(answer, () => socket.destroySoon());
    });
  });
  servers.add(server);
  const { port, url } = await listen(server, { host: '127.0.0.1', port: 0 });
  return { port, url };
};

/** Uploads without end until the connection closes, and returns what came back. */
const upload = async (port: number): Promise<string> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  opened.add(socket);
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90000000\r\n\r\n');
  const more = (): void => {
    while (!socket.destroyed && text === '' && socket.write(piece));
  };
  socket.on('drain', more);
  more();
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.destroy();
  return text;
};

describe.each(engineNames)('a response before the end of an upload through the engine %s', (engine) => {
  it('reaches the client each time, although the upstream closes, and no upstream is blamed', async () => {
    const upstream = await runImpatientUpstream();
    const proxy = await runProxy({
      engine,
      route: routeTo(upstream),
      maxBodyBytes: 100_000_000,
      maxFails: 1,
    });
    for (let count = 0; count < 20; count += 1) {
      const { status, body, headers } = parseRawResponse(await upload(proxy.port));
      expect({ status, body }).toEqual({ status: 413, body: 'too large' });
      expect(headers['connection']).toBe('close');
    }
    await waitFor('nothing in flight', async () => (await reportOf(proxy, upstream)).inFlight === 0);
    expect(await reportOf(proxy, upstream)).toMatchObject({ failures: 0, ejections: 0 });
  });
});
