import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { sendProblem } from '@tripod/shared/http/send-problem';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { serve } from '../support/serve.ts';

let running: Awaited<ReturnType<typeof serve>> | undefined;
afterEach(async () => {
  await running?.cut();
  running = undefined;
});

const start = async (listener: RequestListener): Promise<number> => {
  running = await serve(listener);
  return running.port;
};

const refuse: RequestListener = (request, response) =>
  sendProblem(request, response, new AppError(httpErrors.NOT_FOUND), { requestId: 'request-1' });

const request = (first: string, ...headers: readonly string[]): string =>
  `${[`${first} HTTP/1.1`, 'Host: test', ...headers].join('\r\n')}\r\n\r\n`;

describe('sendProblem', () => {
  it('answers with the status, headers and body of the problem', async () => {
    const port = await start(refuse);
    const bytes = request('GET /', 'Connection: close');
    const { status, headers, body } = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(status).toBe(404);
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-request-id': 'request-1',
    });
    expect(JSON.parse(body)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('sends a page to a browser', async () => {
    const port = await start(refuse);
    const bytes = request('GET /', 'Accept: text/html', 'Connection: close');
    const { headers, body } = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('<!doctype html>');
  });

  it('answers HEAD with the length and no body', async () => {
    const port = await start(refuse);
    const bytes = request('HEAD /', 'Connection: close');
    const { headers, body } = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(Number(headers['content-length'])).toBeGreaterThan(50);
    expect(body).toBe('');
  });

  it('keeps the connection of a request without a body', async () => {
    const port = await start(refuse);
    const bytes = [request('GET /'), request('GET /', 'Connection: close')];
    const text = await exchangeRaw({ port, bytes });
    expect(text.match(/HTTP\/1\.1 404/g)).toHaveLength(2);
  });

  it.each([
    ['Content-Length: 5', 'ab'],
    ['Transfer-Encoding: chunked', '5\r\nab'],
  ])('closes the connection when it refuses a body half-way (%s)', async (framing, part) => {
    const port = await start(refuse);
    const text = await exchangeRaw({ port, bytes: request('POST /', framing) + part });
    expect(parseRawResponse(text).headers['connection']).toBe('close');
  });

  it('removes the headers of the answer that failed, and adds to Vary', async () => {
    const port = await start((message, response) => {
      response.setHeader('ETag', '"1"');
      response.setHeader('Last-Modified', 'Thu, 01 Jan 1970 00:00:00 GMT');
      response.setHeader('Content-Range', 'bytes 0-1/2');
      response.setHeader('Content-Encoding', 'br');
      response.setHeader('Link', '<x>; rel="next"');
      response.setHeader('Vary', 'Origin');
      refuse(message, response);
    });
    const { headers } = parseRawResponse(
      await exchangeRaw({ port, bytes: request('GET /', 'Connection: close') }),
    );
    for (const name of ['etag', 'last-modified', 'content-range', 'content-encoding', 'link']) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers['vary']).toBe('Origin, Accept');
  });

  it('cuts the connection when part of the answer was sent, so that the client sees it is incomplete', async () => {
    const port = await start((message, response) => {
      response.write('the first half', () => refuse(message, response));
    });
    const text = await exchangeRaw({ port, bytes: request('GET /') });
    expect(text).toContain('the first half');
    expect(text).not.toContain('0\r\n\r\n');
    expect(text).not.toContain('NOT_FOUND');
  });
});
