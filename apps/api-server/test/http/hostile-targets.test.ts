import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { type Api, cat, startApi } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const long = 'x'.repeat(17_000);

describe('a request line', () => {
  it.each([
    ['GET /images.json?indent=2&indent=2', 400, 'API_INDENT_INVALID'],
    ['GET /images.json?indent=1e1', 400, 'API_INDENT_INVALID'],
    ['GET /images.json?indent=02', 400, 'API_INDENT_INVALID'],
    ['GET /images.json?indent=1000000000', 400, 'API_INDENT_INVALID'],
    ['GET /images.json?indent=%00', 400, 'API_INDENT_INVALID'],
    ['GET /images.json?limit=1e3', 400, 'API_LIMIT_INVALID'],
    ['GET /images.json?limit=-1', 400, 'API_LIMIT_INVALID'],
    ['GET /images.json?limit=99999999999999999999', 400, 'API_LIMIT_INVALID'],
    ['GET /images.json?limit=1;drop', 400, 'API_LIMIT_INVALID'],
    ['GET /images.json?limit=1&limit=1', 400, 'API_LIMIT_INVALID'],
    ["GET /images.json?limit=1&after='%20or%201=1", 400, 'API_CURSOR_INVALID'],
    // after:9223372036854775808, one more than a bigint holds
    ['GET /images.json?limit=1&after=YWZ0ZXI6OTIyMzM3MjAzNjg1NDc3NTgwOA', 400, 'API_CURSOR_INVALID'],
    ['GET /images.json/', 404, 'NOT_FOUND'],
    ['GET //images.json', 404, 'NOT_FOUND'],
    ['GET /IMAGES.JSON', 404, 'NOT_FOUND'],
    ['GET /images.json;a=b', 404, 'NOT_FOUND'],
    ['GET /../images.json', 404, 'NOT_FOUND'],
    ['GET /%', 404, 'NOT_FOUND'],
    ['GET /%c0%ae', 404, 'NOT_FOUND'],
    ['GET /__proto__', 404, 'NOT_FOUND'],
    ['PUT /images.json', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE /images.json', 405, 'METHOD_NOT_ALLOWED'],
    ['TRACE /images.json', 405, 'METHOD_NOT_ALLOWED'],
    ['PROPFIND /images.json', 405, 'METHOD_NOT_ALLOWED'],
    ['POST /openapi.json', 405, 'METHOD_NOT_ALLOWED'],
    [`GET /${long}`, 431, 'REQUEST_HEAD_TOO_LARGE'],
    ['FETCH /images.json', 400, 'REQUEST_INVALID'],
  ])('%# is answered with its status and error code: %s', async (line, status, code) => {
    const bytes = `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const answer = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, expect.objectContaining({ code })]);
    expect(answer.body).not.toMatch(/node:|node_modules|\.ts\b/);
  });

  it.each(['constructor=1', '__proto__[x]=1', '%ff=%fe', '&&&=&', 'a'.repeat(8000)])(
    'may have unknown query parameters: ?%s',
    async (query) => {
      const bytes = `GET /images.json?${query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      expect(parseRawResponse(await exchangeRaw({ port: api.port, bytes })).status).toBe(200);
    },
  );
});

describe('invalid message framing', () => {
  const head = 'POST /images.json HTTP/1.1\r\nHost: x\r\n';
  it.each([
    ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a length that is no number', `${head}Content-Length: +2\r\n\r\n{}`],
    ['a length and chunks', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a chunk without a size', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['an unknown coding', `${head}Transfer-Encoding: gzip\r\n\r\n{}`],
    ['no Host', 'POST /images.json HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}'],
    ['two Hosts', `${head}Host: y\r\nContent-Length: 2\r\n\r\n{}`],
  ])('is answered with 400 and closes the connection: %s', async (_what, bytes) => {
    const { status } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
    expect(status).toBe(400);
  });
});

describe('a request that node:http would answer itself', () => {
  it.each([
    [
      'an expectation',
      'GET /images.json HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n',
      417,
      'EXPECTATION_FAILED',
    ],
    ['no Host', 'GET /images.json HTTP/1.1\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
  ])(
    'is answered like any other request and closes the connection: %s',
    async (_what, bytes, status, code) => {
      const answer = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
      expect([answer.status, JSON.parse(answer.body)]).toEqual([status, expect.objectContaining({ code })]);
      expect(answer.headers).toMatchObject({
        connection: 'close',
        'content-type': 'application/problem+json',
        'access-control-allow-origin': '*',
        'x-served-by': 'api-1',
        'x-request-id': (JSON.parse(answer.body) as { requestId: string }).requestId,
      });
    },
  );
});

it('answers a client that half-closes the connection after its request', async () => {
  const body = JSON.stringify(cat);
  const post = `POST /images.json HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const bytes = `${post}GET /images.json HTTP/1.1\r\nHost: x\r\n\r\n`;
  const received = await exchangeRaw({ port: api.port, bytes, halfClose: true });
  expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(received).toMatch(/\r\n\r\n\[.*\]$/);
});
