import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw } from '@tripod/testing/raw-http';
import { createHeaderWriter } from '../../src/answer/write-header.ts';
import { createPrebuiltHeader, type PrebuiltHeader } from '../../src/headers/representation.ts';

const body = 'a body';
const date = 'Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n';

const createHeaders = (): Readonly<Record<number, PrebuiltHeader>> => ({
  200: createPrebuiltHeader(['Content-Type', 'text/plain', 'Content-Length', String(body.length)]),
  304: createPrebuiltHeader(['ETag', '"Date: a"']),
});

let server: Server;
let port: number;
let headers: ReturnType<typeof createHeaders>;
/** The id of the requests that follow. */
let requestId: string;

beforeEach(async () => {
  headers = createHeaders();
  requestId = 'id-of-this-request';
  const writeHeader = createHeaderWriter(() => date);
  server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const status = Number(searchParams.get('status') ?? 200);
    if (searchParams.has('closing')) response.setHeader('Connection', 'close');
    const header = headers[status];
    if (header === undefined) throw new Error(`no header for status ${status}`);
    if (pathname === '/prebuilt') writeHeader(response, status, header, requestId);
    else response.writeHead(status, ['X-Request-Id', requestId, ...header.fields.slice(2)]);
    response.end(status === 200 && request.method === 'GET' ? body : undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends these requests at once on one connection. Returns all responses, with the same date in each. */
const receive = async (path: string, requests: readonly string[]): Promise<string> => {
  const last = `GET ${path}?status=304 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  const bytes = requests.map((request) => request.replace('PATH', path)).join('') + last;
  return (await exchangeRaw({ port, bytes })).replace(/Date: \w{3}, [^\r]+\r\n/g, date);
};

const get = 'GET PATH HTTP/1.1\r\nHost: x\r\n\r\n';
const getUnchanged = 'GET PATH?status=304 HTTP/1.1\r\nHost: x\r\n\r\n';
const head = 'HEAD PATH HTTP/1.1\r\nHost: x\r\n\r\n';

describe('createHeaderWriter', () => {
  it.each<[string, readonly string[]]>([
    ['one response', [get]],
    ['the same response many times', [get, get, get]],
    ['responses with and without a body', [get, getUnchanged, get, getUnchanged, getUnchanged, get]],
    ['HEAD after GET', [get, head, get, head]],
    ['GET after HEAD', [head, get]],
    [
      'HTTP/1.0 that keeps the connection open',
      [get, get.replace('1.1\r\n', '1.0\r\nConnection: keep-alive\r\n'), get],
    ],
    [
      'HTTP/1.0 without a length',
      [getUnchanged, getUnchanged.replace('1.1\r\n', '1.0\r\nConnection: keep-alive\r\n')],
    ],
    [
      'a client that closes the connection',
      [get, get, get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')],
    ],
    ['a server that closes the connection', [get, get, get.replace('PATH', 'PATH?closing=1')]],
  ])('writes byte for byte what node:http renders: %s', async (_what, requests) => {
    const byNode = await receive('/node', requests);
    await expect(receive('/prebuilt', requests)).resolves.toBe(byNode);
    // Again, with the header that the first round rendered.
    await expect(receive('/prebuilt', requests)).resolves.toBe(byNode);
  });

  it('closes a connection after the same number of requests as node:http', async () => {
    server.maxRequestsPerSocket = 3;
    const requests = [get, get, get, get, get];
    await expect(receive('/prebuilt', requests)).resolves.toBe(await receive('/node', requests));
  });

  it.each(['Modified', 'Request-Id', 'X-Request-Id', 'Content-Length', 'id-of-another'])(
    'replaces the request id, whatever the id of the first request was: %s',
    async (first) => {
      requestId = first;
      await receive('/prebuilt', [get, getUnchanged, get]);
      requestId = 'id-of-this-request';
      const requests = [get, getUnchanged];
      await expect(receive('/prebuilt', requests)).resolves.toBe(await receive('/node', requests));
    },
  );

  it('reuses the rendered header with the current date', async () => {
    await receive('/prebuilt', [get]);
    const received = await exchangeRaw({
      port,
      bytes: get.replace('PATH', '/prebuilt'),
      until: (text) => text.endsWith(body),
    });
    expect(headers[200]?.rendered).toHaveLength(3);
    expect(received).toContain(date);
  });
});
