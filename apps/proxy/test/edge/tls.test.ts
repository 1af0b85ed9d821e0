import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { metricOf } from '../support/admin.ts';
import { someBytes } from '../support/ask.ts';
import { certificateFile } from '../support/certificates.ts';
import { runEchoUpstream, runNodeUpstream, sha, type Told } from '../support/echo-upstream.ts';
import { type RunOptions, routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterEach(stopAll);

type Client = {
  readonly socket: TLSSocket;
  text(): string;
  /** Resolves when the handshake is complete, or when the connection has closed. */
  readonly secured: Promise<unknown>;
  /** Resolves with the error that closed the connection, if there was one. */
  readonly closed: Promise<NodeJS.ErrnoException | undefined>;
};

const openTls = (port: number, options: ConnectionOptions = {}): Client => {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  opened.add(socket);
  let text = '';
  let failure: NodeJS.ErrnoException | undefined;
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1');
  });
  socket.on('error', (error) => {
    failure = error;
  });
  const closed = new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    socket.once('close', () => resolve(failure));
  });
  const secured = new Promise<unknown>((resolve) => {
    socket.once('secureConnect', resolve);
    socket.once('close', resolve);
  });
  return { socket, text: () => text, secured, closed };
};

const openPlain = (port: number, bytes: string | Buffer) => {
  const socket = connectTcp(port, '127.0.0.1');
  opened.add(socket);
  const heard = { text: '', closed: false };
  socket.on('error', () => undefined);
  socket.on('data', (piece: Buffer) => {
    heard.text += piece.toString('latin1');
  });
  socket.once('close', () => {
    heard.closed = true;
  });
  if (bytes.length > 0) socket.write(bytes);
  return { socket, heard };
};

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: one.test\r\n${more}\r\n`;

/** Sends a request that closes the connection, and parses what comes back. */
const askTls = async (port: number, request: string | Buffer, options: ConnectionOptions = {}) => {
  const client = openTls(port, options);
  client.socket.write(request);
  await client.closed;
  return parseRawResponse(client.text());
};

describe.each(engineNames)('TLS on the listener of the engine %s', (engine) => {
  const start = async (options: RunOptions = {}) => {
    const upstream = await runEchoUpstream();
    return runProxy({
      engine,
      route: routeTo(upstream),
      tlsCert: [certificateFile('one.pem'), certificateFile('two.pem')],
      tlsKey: [certificateFile('one.key'), certificateFile('two.key')],
      maxBodyBytes: 50_000_000,
      ...options,
    });
  };

  it('serves HTTP/1.1 over TLS 1.2 and 1.3 and tells the upstream that the client uses https', async () => {
    const { port } = await start({ hstsMaxAgeS: 600 });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const options = { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] };
      const client = openTls(port, options);
      client.socket.write(get('/a', 'Connection: close\r\n'));
      await client.secured;
      expect(client.socket.getProtocol()).toBe(version);
      expect(client.socket.alpnProtocol).toBe('http/1.1');
      expect(await client.closed).toBeUndefined();
      const response = parseRawResponse(client.text());
      expect(response.status).toBe(200);
      expect(response.headers['strict-transport-security']).toBe('max-age=600');
      const told = JSON.parse(response.body) as Told;
      expect(told.headers['x-forwarded-proto']).toBe('https');
    }
  });

  it('refuses TLS 1.1 and cipher suites without forward secrecy or authenticated encryption', async () => {
    const { port } = await start();
    const weak: readonly ConnectionOptions[] = [
      { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
    ];
    for (const options of weak)
      expect((await openTls(port, options).closed)?.code).toMatch(
        /ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE)$/,
      );
  });

  it('chooses the certificate by the name that the client asks for, and the first one for other names', async () => {
    const { port } = await start();
    const nameFor = async (servername: string): Promise<unknown> => {
      const client = openTls(port, { servername });
      await client.secured;
      return client.socket.getPeerCertificate().subject.CN;
    };
    expect(await nameFor('two.test')).toBe('two.test');
    expect(await nameFor('www.two.test')).toBe('two.test');
    expect(await nameFor('one.test')).toBe('one.test');
    expect(await nameFor('other.test')).toBe('one.test');
  });

  it('resumes a session by its ticket', async () => {
    const { port } = await start();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const first = openTls(port, { maxVersion, servername: 'two.test' });
      let session: Buffer | undefined;
      first.socket.on('session', (given: Buffer) => {
        session = given;
      });
      first.socket.write(get('/', 'Connection: close\r\n'));
      await first.closed;
      const ticket = await waitFor('a ticket', () => session);
      const second = openTls(port, { maxVersion, servername: 'two.test', session: ticket });
      await second.secured;
      expect(second.socket.isSessionReused()).toBe(true);
    }
  });

  it('carries large bodies both ways', async () => {
    const bytes = someBytes(20_000_000);
    const upstream = await runNodeUpstream((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.once('end', () => response.end(Buffer.concat(pieces)));
    });
    const { port } = await start({ route: routeTo(upstream) });
    const head = `POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n`;
    const response = await askTls(port, Buffer.concat([Buffer.from(head), bytes]));
    expect(response.status).toBe(200);
    expect(sha(Buffer.from(response.body, 'latin1'))).toBe(sha(bytes));
  });

  it('answers plain HTTP with a 400 that says so, and closes on other bytes', async () => {
    const { port, log } = await start();
    const plain = openPlain(port, get('/'));
    await waitFor('the connection to close', () => plain.heard.closed);
    expect(parseRawResponse(plain.heard.text).status).toBe(400);
    expect(plain.heard.text).toContain('PROXY_TLS_REQUIRED');
    await waitFor('the log line', () => log.requests.some(({ status }) => status === 400));
    for (const bytes of [Buffer.from([0, 1, 2, 3]), Buffer.from([0x16, 3, 1, 0, 5, 9, 9, 9, 9, 9])]) {
      const garbage = openPlain(port, bytes);
      await waitFor('the connection to close', () => garbage.heard.closed);
      expect(garbage.heard.text).not.toContain('HTTP/1.1');
    }
  });

  it('counts a connection without a handshake and closes it when the time for the request head is up', async () => {
    const proxy = await start({ clientHeadTimeoutMs: 700 });
    const silent = openPlain(proxy.port, '');
    const half = openPlain(proxy.port, Buffer.from([0x16, 3, 1]));
    await waitFor('both to close', () => silent.heard.closed && half.heard.closed);
    await waitFor('the count', async () => (await metricOf(proxy, 'tripod_connections_open')) === 0);
  });

  it('carries a WebSocket upgrade, and passes the end of each side on', async () => {
    const upstream = await runUpstream((socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (piece) => socket.write(piece));
      socket.once('end', () => socket.end());
    });
    const { port } = await start({ route: routeTo(upstream) });
    const client = openTls(port);
    client.socket.write(
      get(
        '/chat',
        'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
      ),
    );
    await waitFor('the 101', () => client.text().includes('101'));
    client.socket.write('said by the client');
    await waitFor('the echo', () => client.text().endsWith('said by the client'));
    client.socket.end();
    expect(await client.closed).toBeUndefined();
  });

  it('breaks the connection of a response that the upstream breaks off', async () => {
    const upstream = await runNodeUpstream((_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('part', () => response.destroy());
    });
    const { port } = await start({ route: routeTo(upstream) });
    const client = openTls(port);
    client.socket.write(get('/'));
    await client.closed;
    expect(client.text().endsWith('part')).toBe(true);
  });

  it('stops while a client is connected that has sent nothing', async () => {
    const proxy = await start();
    const client = openTls(proxy.port);
    await client.secured;
    const silent = openPlain(proxy.port, '');
    await proxy.stop();
    await client.closed;
    await waitFor('the plain connection to close', () => silent.heard.closed);
  });
});
