import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import { waitFor } from '@tripod/testing/wait-for';
import { type Api, startApi } from './support/api.ts';

let api: Api;
let wire: TcpForwarder;
beforeAll(async () => {
  api = await startApi({
    through: async (port) => {
      wire = await startTcpForwarder(port);
      return wire.port;
    },
  });
  // About 40 MB, more than the socket buffers hold. On a connection without the time limits of the service.
  await askDatabase(
    api.databaseUrl,
    `insert into images (title, alt_text, url) select 'Picture ' || n, repeat('long ', 99), 'https://x.example/' || n
     from generate_series(1, 75000) n`,
  );
});
afterEach(async () => {
  await wire.heal();
  await waitFor('readiness', async () => (await fetch(`${api.url}/readyz`)).status === 200);
});
afterAll(async () => {
  await api.stop();
  await wire.stop();
});

describe('a long list whose database becomes unavailable while it is sent', () => {
  it('ends with a reset of the connection, never like a complete answer', async () => {
    const outgoing = get(`${api.url}/images.json`, { agent: false });
    // The request emits the reset as well as its response.
    outgoing.on('error', () => undefined);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect([answer.statusCode, answer.headers['transfer-encoding']]).toEqual([200, 'chunked']);
    answer.pause();
    await wire.cut();
    const read = async (): Promise<void> => {
      for await (const _piece of answer);
    };
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(answer.complete).toBe(false);
  });

  it('ends with a reset for HTTP/1.0, where an orderly close would mean that the list is complete', async () => {
    const socket = connect(api.port, '127.0.0.1');
    socket.write('GET /images.json HTTP/1.0\r\n\r\n');
    await once(socket, 'readable');
    const head = String(socket.read());
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head).not.toMatch(/transfer-encoding|content-length/i);
    await wire.cut();
    const read = async (): Promise<void> => {
      for await (const _piece of socket);
    };
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('ends with a reset when the connection to the database becomes silent', async () => {
    const outgoing = get(`${api.url}/images.json`, { agent: false });
    outgoing.on('error', () => undefined);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    wire.silence();
    const read = async (): Promise<void> => {
      for await (const _piece of answer);
    };
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(answer.complete).toBe(false);
  });
});
