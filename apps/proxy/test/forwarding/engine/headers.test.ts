import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse, type ScriptedUpstream } from '@tripod/testing/scripted-upstream';
import type { ProxySettings } from '../../../src/config.ts';
import { engineNames } from '../../../src/engine-table.ts';
import { ask } from '../../support/ask.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

/** The values of a header in the head that an upstream received. */
const valuesOf = (head: string, name: string): readonly string[] =>
  head
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trim());

describe.each(engineNames)('headers through the engine %s', (engine) => {
  /** Sends a request with these header lines, and returns the head that the upstream received. */
  const received = async (lines: string, settings: Partial<ProxySettings> = {}): Promise<string> => {
    const upstream = await runUpstream();
    const { port } = await runProxy({ engine, route: routeTo(upstream), ...settings });
    await exchangeRaw({
      port,
      bytes: `GET / HTTP/1.1\r\nHost: here:8080\r\n${lines}Connection: close\r\n\r\n`,
    });
    return upstream.requests[0]?.head ?? 'nothing came';
  };

  const answered = async (lines: string): Promise<ReturnType<typeof parseRawResponse>> => {
    const upstream = await runUpstream((socket) => void socket.write(plainResponse('', '200 OK', lines)));
    const { port } = await runProxy({ engine, route: routeTo(upstream) });
    return parseRawResponse(
      await exchangeRaw({ port, bytes: 'GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n' }),
    );
  };

  it.each([
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Authorization: Basic eDp5',
    'TE: trailers',
    'Trailer: X-Sum',
    'Upgrade: h2c',
    'Connection: X-Auth, keep-alive\r\nX-Auth: admin',
    'Connection: x-auth\r\nX-AUTH: admin',
    'X-Auth: admin\r\nConnection: ,, X-Auth ,',
  ])('does not forward %j to the upstream', async (lines) => {
    const head = await received(`${lines}\r\n`);
    expect(head).not.toMatch(
      /\r\n(keep-alive|proxy-connection|proxy-authorization|te|trailer|upgrade|x-auth):/i,
    );
    // The proxy itself may send keep-alive, which is the default of HTTP/1.1, and nothing else.
    expect(valuesOf(head, 'connection').filter((value) => value !== 'keep-alive')).toEqual([]);
  });

  it('does not let Connection remove headers that the message needs', async () => {
    const upstream = await runUpstream();
    const { port } = await runProxy({ engine, route: routeTo(upstream) });
    const lines =
      'Host: here\r\nConnection: close, Content-Length, Host, X-Forwarded-For\r\nContent-Length: 4\r\n';
    await exchangeRaw({ port, bytes: `POST / HTTP/1.1\r\n${lines}\r\nbody` });
    const head = upstream.requests[0]?.head ?? '';
    expect(valuesOf(head, 'host')).toEqual(['here']);
    expect(valuesOf(head, 'content-length')).toEqual(['4']);
    expect(valuesOf(head, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(upstream.received[0]).toMatch(/\r\n\r\nbody$/);
  });

  it('passes on end-to-end headers line by line, unchanged', async () => {
    const head = await received(
      'Accept: a\r\nAccept: b\r\nAuthorization: Bearer x\r\nX-Empty:\r\nX-Latin: \xe4\r\nCookie: a=1\r\nCookie: b=2\r\n',
    );
    expect(valuesOf(head, 'accept').join()).toMatch(/^a, ?b$|^a,b$/);
    expect(valuesOf(head, 'authorization')).toEqual(['Bearer x']);
    expect(valuesOf(head, 'x-empty')).toEqual(['']);
    expect(valuesOf(head, 'x-latin')).toEqual(['\xe4']);
    expect(valuesOf(head, 'cookie').join('; ')).toBe('a=1; b=2');
  });

  it('passes on header names such as constructor and __proto__', async () => {
    const head = await received('Constructor: x\r\nPrototype: y\r\nLength: 7\r\n');
    expect(valuesOf(head, 'constructor')).toEqual(['x']);
    expect(valuesOf(head, 'prototype')).toEqual(['y']);
    expect(valuesOf(head, 'length')).toEqual(['7']);
    await expect(received('__proto__: x\r\n__proto__: y\r\n')).resolves.toMatch(/^GET \/ /);
  });

  it('passes on the Host unchanged', async () => {
    expect(valuesOf(await received(''), 'host')).toEqual(['here:8080']);
  });

  it('overwrites forwarded headers of a client, in any spelling', async () => {
    const head = await received(
      [
        'X-Forwarded-For: 6.6.6.6',
        'X-Forwarded-For: 7.7.7.7',
        'x_forwarded_for: 6.6.6.6',
        'X-Forwarded_Host: evil',
        'X-Forwarded-Host: evil',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Port: 6',
        'X-Real-IP: 6.6.6.6',
        'Forwarded: for=6.6.6.6',
        'X_Request_Id: evil-evil',
        'Content_Length: 6',
        'Transfer_Encoding: chunked',
        '',
      ].join('\r\n'),
    );
    expect(valuesOf(head, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(valuesOf(head, 'x-forwarded-host')).toEqual(['here:8080']);
    expect(valuesOf(head, 'x-forwarded-proto')).toEqual(['http']);
    expect(head).not.toMatch(/6\.6\.6\.6|7\.7\.7\.7|evil|_|real-ip|forwarded-port|\r\nforwarded:/i);
  });

  it('extends the forwarded headers of a trusted proxy', async () => {
    const head = await received(
      'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: public\r\nX-Forwarded-Proto: https\r\nx_forwarded_for: 5.5.5.5\r\n',
      { trustedProxies: ['127.0.0.0/8'] },
    );
    expect(valuesOf(head, 'x-forwarded-for')).toEqual(['6.6.6.6, 127.0.0.1']);
    expect(valuesOf(head, 'x-forwarded-host')).toEqual(['public']);
    expect(valuesOf(head, 'x-forwarded-proto')).toEqual(['https']);
    expect(head).not.toContain('5.5.5.5');
  });

  it('appends itself to the Via of a request, and of a response', async () => {
    const own = /^1\.1 tripod-[0-9a-f]{8}$/;
    expect(
      valuesOf(await received('Via: 1.0 edge\r\nVia: 2 cdn, 1.1 b\r\n'), 'via')
        .join(', ')
        .split(', '),
    ).toEqual(['1.0 edge', '2 cdn', '1.1 b', expect.stringMatching(own)]);
    const { headers } = await answered('Via: 1.1 origin\r\n');
    expect(headers['via']?.split(', ')).toEqual(['1.1 origin', expect.stringMatching(own)]);
  });

  it('sends no other header of the family X-Forwarded of a client that is not a trusted proxy', async () => {
    const lines = ['Prefix: /evil', 'Ssl: on', 'Scheme: https', 'User: root', 'Uri: /admin'];
    const head = await received(
      lines.map((line) => `X-Forwarded-${line}\r\nX_Forwarded_${line}\r\n`).join(''),
    );
    expect(head).not.toMatch(/x[-_]forwarded[-_](?!(for|proto|host): )/i);
  });

  it('logs the client address that a trusted proxy reports, and hashes by it', async () => {
    const upstreams = await Promise.all([runUpstream(), runUpstream(), runUpstream()]);
    const proxy = await runProxy({
      engine,
      route: routeTo(...upstreams),
      policy: 'ip-hash',
      trustedProxies: ['127.0.0.0/8'],
    });
    const clients = Array.from({ length: 12 }, (_, index) => `203.0.113.${index}`);
    for (const client of clients) {
      const lines = `Host: here\r\nX-Forwarded-For: 127.0.0.1, ${client}, 127.0.0.9\r\nConnection: close\r\n`;
      await exchangeRaw({ port: proxy.port, bytes: `GET / HTTP/1.1\r\n${lines}\r\n` });
    }
    expect(proxy.log.requests.map(({ client }) => client)).toEqual(clients);
    for (const { requests } of upstreams) expect(requests.length).toBeGreaterThan(0);
    const forwarded = upstreams.flatMap(({ requests }) =>
      requests.flatMap(({ head }) => valuesOf(head, 'x-forwarded-for')),
    );
    expect(forwarded.sort()).toEqual(clients.map((client) => `${client}, 127.0.0.9, 127.0.0.1`).sort());
  });

  describe('X-Request-Id', () => {
    const exchangeId = async (
      lines: string,
      own = '',
    ): Promise<{ sent: string; back: string | undefined }> => {
      const upstream = await runUpstream((socket) => void socket.write(plainResponse('', '200 OK', own)));
      const { port } = await runProxy({ engine, route: routeTo(upstream) });
      const bytes = `GET / HTTP/1.1\r\nHost: h\r\n${lines}Connection: close\r\n\r\n`;
      const { headers } = parseRawResponse(await exchangeRaw({ port, bytes }));
      return {
        sent: valuesOf(upstream.requests[0]?.head ?? '', 'x-request-id').join('|'),
        back: headers['x-request-id'],
      };
    };

    it('is created for each request, the same for client, upstream and log', async () => {
      const { sent, back } = await exchangeId('');
      expect(sent).toMatch(/^[\w.-]{8,64}$/);
      expect(back).toBe(sent);
    });

    it("is the client's when it is well-formed", async () => {
      expect(await exchangeId('X-Request-Id: client-id.1\r\n')).toEqual({
        sent: 'client-id.1',
        back: 'client-id.1',
      });
    });

    it.each(['short', 'a b c d e f', '"quoted-id"', 'x'.repeat(65), '{"a":"b1234"}'])(
      'replaces the malformed id %j',
      async (id) => {
        const { sent, back } = await exchangeId(`X-Request-Id: ${id}\r\n`);
        expect(sent).not.toBe(id);
        expect(back).toBe(sent);
      },
    );

    it('is sent once, also when the upstream sends its own', async () => {
      const { back } = await exchangeId('X-Request-Id: client-id.1\r\n', 'X-Request-Id: client-id.1\r\n');
      expect(back).toBe('client-id.1');
    });
  });

  it.each([
    'Keep-Alive: timeout=5',
    'Proxy-Authenticate: Basic',
    'Upgrade: h2c',
    'Trailer: X-Sum',
    'Connection: X-Inside\r\nX-Inside: yes',
  ])('does not forward %j to the client', async (lines) => {
    const { headers } = await answered(`${lines}\r\n`);
    for (const name of ['proxy-authenticate', 'upgrade', 'trailer', 'x-inside']) {
      expect(headers[name]).toBeUndefined();
    }
    expect(headers['keep-alive'] ?? '').not.toBe('timeout=5');
    expect(headers['connection']).toBe('close');
  });

  it('forwards the Location of another server, Date and unknown headers unchanged', async () => {
    const lines =
      'Location: http://127.0.0.1:1/x\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nX-Any: a\r\nX-Any: b\r\n';
    expect((await answered(lines)).headers).toMatchObject({
      location: 'http://127.0.0.1:1/x',
      date: 'Thu, 01 Jan 1970 00:00:00 GMT',
      'x-any': 'a, b',
    });
  });

  it('rewrites a Location that leads to the upstream, so that it leads through the route', async () => {
    const upstream = await runUpstream();
    const locationOf = async (location: string, prefix: string): Promise<string | undefined> => {
      upstream.setScript(
        (socket) =>
          void socket.write(plainResponse('', '302 Found', `X: 1\r\nLocation: ${location}\r\nY: $&\r\n`)),
      );
      const { port } = await runProxy({ engine, route: [`${prefix}=${upstream.url}`] });
      const bytes = `GET ${prefix} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`;
      const { headers } = parseRawResponse(await exchangeRaw({ port, bytes }));
      expect([headers['x'], headers['y']]).toEqual(['1', '$&']);
      return headers['location'];
    };
    expect(await locationOf('/pics/?x=$&', '/gallery/')).toBe('/gallery/pics/?x=$&');
    expect(await locationOf(`${upstream.url}/pics/`, '/gallery/')).toBe('/gallery/pics/');
    expect(await locationOf(`${upstream.url}/pics/`, '/')).toBe('/pics/');
    expect(await locationOf('pics/', '/gallery/')).toBe('pics/');
    expect(await locationOf('https://elsewhere.example/pics/', '/gallery/')).toBe(
      'https://elsewhere.example/pics/',
    );
  });

  it('rewrites the Path of cookies on a route with rewriteCookiePath', async () => {
    const upstream = await runUpstream((socket) => {
      socket.write(
        plainResponse(
          '',
          '200 OK',
          'Set-Cookie: a=1; Path=/\r\nX: 1\r\nset-cookie: b=$&; path=/b; Secure\r\n',
        ),
      );
    });
    const routes = [{ prefix: '/api/', upstreams: [upstream.url], rewriteCookiePath: true }];
    const { port } = await runProxy({ engine, routes });
    const { headers } = await ask({ port, path: '/api/' });
    expect(headers['set-cookie']).toEqual(['a=1; Path=/api/', 'b=$&; path=/api/b; Secure']);
  });

  it('sends the path without the route prefix to the upstream', async () => {
    const upstream: ScriptedUpstream = await runUpstream();
    const { port } = await runProxy({ engine, route: [`/api/=${upstream.url}`] });
    await exchangeRaw({
      port,
      bytes: 'GET /api/images.json?a=/api/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
    });
    expect(upstream.requests[0]?.target).toBe('/images.json?a=/api/');
  });
});
