import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { type Api, cat, startApi } from '../support/api.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
  await api.empty();
});
afterAll(() => api.stop());

const text = JSON.stringify(cat);
const send = (body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${api.url}/images.json`, { method: 'POST', body: body as Uint8Array<ArrayBuffer>, headers });
const stored = async (): Promise<number> => {
  const [row] = (await api.database.knex('images').count()) as { count: string }[];
  return Number(row?.count);
};
const withTitle = (json: string): string => `{"title":${json},"alt_text":"x","url":"/x"}`;
const latin1 = (body: string): Uint8Array => Buffer.from(body, 'latin1');

describe('a body that is not an image', () => {
  it.each<[string, string | Uint8Array, Record<string, string>, number, string]>([
    ['nothing', '', {}, 400, 'API_BODY_NOT_JSON'],
    ['spaces', '   ', {}, 400, 'API_BODY_NOT_JSON'],
    ['half of it', text.slice(0, -1), {}, 400, 'API_BODY_NOT_JSON'],
    ['two of them', text + text, {}, 400, 'API_BODY_NOT_JSON'],
    ['a form', 'title=Cat&alt_text=x&url=/x', {}, 400, 'API_BODY_NOT_JSON'],
    ['NaN', withTitle('NaN'), {}, 400, 'API_BODY_NOT_JSON'],
    ['single quotes', "{'title':'Cat'}", {}, 400, 'API_BODY_NOT_JSON'],
    ['a raw control character', withTitle('"a\u0001"'), {}, 400, 'API_BODY_NOT_JSON'],
    ['bytes that are no UTF-8', latin1(withTitle('"caf\xe9"')), {}, 400, 'API_BODY_NOT_JSON'],
    ['an overlong encoding', latin1(withTitle('"\xc0\xaf"')), {}, 400, 'API_BODY_NOT_JSON'],
    ['a surrogate in UTF-8', latin1(withTitle('"\xed\xa0\x80"')), {}, 400, 'API_BODY_NOT_JSON'],
    ['UTF-16', Buffer.from(text, 'utf16le'), {}, 400, 'API_BODY_NOT_JSON'],
    ['null', 'null', {}, 400, 'API_IMAGE_INVALID'],
    ['a list', `[${text}]`, {}, 400, 'API_IMAGE_INVALID'],
    ['a text', '"Cat"', {}, 400, 'API_IMAGE_INVALID'],
    ['an empty object', '{}', {}, 400, 'API_IMAGE_INVALID'],
    ['8,000 nested lists', '['.repeat(8000) + ']'.repeat(8000), {}, 400, 'API_IMAGE_INVALID'],
    ['8,000 lists in a field', withTitle('['.repeat(8000) + ']'.repeat(8000)), {}, 400, 'API_IMAGE_INVALID'],
    ['8,000 nested objects', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`, {}, 400, 'API_IMAGE_INVALID'],
    ['30,000 open brackets', '['.repeat(30_000), {}, 400, 'API_BODY_NOT_JSON'],
    ['__proto__', text.replace('{', '{"__proto__":{"admin":true},'), {}, 400, 'API_IMAGE_INVALID'],
    ['__proto__ as a title', withTitle('{"__proto__":{"toString":1}}'), {}, 400, 'API_IMAGE_INVALID'],
    [
      'constructor',
      text.replace('{', '{"constructor":{"prototype":{"admin":true}},'),
      {},
      400,
      'API_IMAGE_INVALID',
    ],
    [
      'toString instead of fields',
      '{"toString":"x","valueOf":"y","hasOwnProperty":"z"}',
      {},
      400,
      'API_IMAGE_INVALID',
    ],
    ['an unknown field', text.replace('{', '{"id":1,'), {}, 400, 'API_IMAGE_INVALID'],
    ['U+0000', withTitle('"a\\u0000b"'), {}, 400, 'API_IMAGE_INVALID'],
    ['U+0000 in a name', text.replace('{', '{"a\\u0000":1,'), {}, 400, 'API_IMAGE_INVALID'],
    ['half a surrogate pair in a name', text.replace('{', '{"\\udc00":1,'), {}, 400, 'API_IMAGE_INVALID'],
    ['the other half of a surrogate pair', withTitle('"\\udc00\\ud83d"'), {}, 400, 'API_IMAGE_INVALID'],
    [
      '5,000 unknown fields',
      `{${Array.from({ length: 5000 }, (_, index) => `"f${index}":1`).join()}}`,
      {},
      400,
      'API_IMAGE_INVALID',
    ],
    ['a title of 201 characters', withTitle(`"${'🐈'.repeat(201)}"`), {}, 400, 'API_IMAGE_INVALID'],
    ['two byte order marks', `\ufeff\ufeff${text}`, {}, 400, 'API_BODY_NOT_JSON'],
    ['half a surrogate pair', withTitle('"\\ud83d"'), {}, 400, 'API_IMAGE_INVALID'],
    ['a number that JSON.parse reads as Infinity', withTitle('1e999'), {}, 400, 'API_IMAGE_INVALID'],
    ['a pattern for SQL parameters', withTitle('{"$1":"x"}'), {}, 400, 'API_IMAGE_INVALID'],
    [
      'utf-7',
      text,
      { 'Content-Type': 'application/json; charset=utf-7' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    [
      'utf-16',
      text,
      { 'Content-Type': 'application/json; charset=utf-16' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    [
      'latin1',
      text,
      { 'Content-Type': 'text/plain; charset=ISO-8859-1' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    [
      'a charset that there is not',
      text,
      { 'Content-Type': 'application/json;charset="no such"' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    [
      'marked as gzip without being gzip',
      text,
      { 'Content-Encoding': 'GZIP' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    [
      'gzip twice',
      gzipSync(gzipSync(text)),
      { 'Content-Encoding': 'gzip, gzip' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    [
      'a coding that there is not',
      text,
      { 'Content-Encoding': 'rot13' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    ['gzip', gzipSync(text), { 'Content-Encoding': 'gzip' }, 415, 'API_BODY_ENCODING_UNSUPPORTED'],
    ['deflate', deflateSync(text), { 'Content-Encoding': 'deflate' }, 415, 'API_BODY_ENCODING_UNSUPPORTED'],
    ['br', brotliCompressSync(text), { 'Content-Encoding': 'br' }, 415, 'API_BODY_ENCODING_UNSUPPORTED'],
    [
      'a bomb',
      gzipSync(Buffer.alloc(5_000_000)),
      { 'Content-Encoding': 'gzip' },
      415,
      'API_BODY_ENCODING_UNSUPPORTED',
    ],
    ['65,537 bytes', ' '.repeat(65_537), {}, 413, 'API_BODY_TOO_LARGE'],
    ['2 MiB', 'x'.repeat(2_097_152), {}, 413, 'API_BODY_TOO_LARGE'],
  ])('is refused when it is %s, and nothing is stored', async (_what, body, headers, status, code) => {
    const answer = await send(body, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    const problem = await answer.text();
    expect(JSON.parse(problem)).toMatchObject({ code, status });
    expect(problem).not.toMatch(/node:|node_modules|\.ts\b|SyntaxError|RangeError/);
    await expect(stored()).resolves.toBe(0);
  });
});

describe('an unusual but valid body', () => {
  it.each<[string, string | Uint8Array, Record<string, string>]>([
    ['begins with a byte order mark', Buffer.from(`\ufeff${text}`), {}],
    ['is padded to exactly 65,536 bytes', text.padEnd(65_536), {}],
    ['is encoded as it is', text, { 'Content-Encoding': 'identity' }],
    ['names a field twice, the last one counting', text.replace('{', '{"title":"Dog",'), {}],
    ['is escaped', text.replace('Cat', '\\u0043\\u0061\\u0074'), {}],
  ])('is accepted when it %s', async (_what, body, headers) => {
    const answer = await send(body, headers);
    expect(answer.status).toBe(200);
    await expect(answer.json()).resolves.toEqual(cat);
    await api.empty();
  });
});

describe('a body without end', () => {
  const head = 'POST /images.json HTTP/1.1\r\nHost: x\r\n';
  const answeredWith413 = (received: string): void => {
    const { status, headers, body } = parseRawResponse(received);
    expect(status).toBe(413);
    expect(headers).toMatchObject({
      connection: 'close',
      'x-served-by': 'api-1',
      'access-control-allow-origin': '*',
    });
    expect(JSON.parse(body)).toMatchObject({ code: 'API_BODY_TOO_LARGE' });
  };

  it('is refused by its declared length before it is sent', async () => {
    const bytes = `${head}Content-Length: 10000000\r\n\r\n`;
    answeredWith413(
      await exchangeRaw({ port: api.port, bytes, until: (received) => received.includes('"}') }),
    );
  });

  it('is refused as soon as it is too long, although it never ends', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const bytes = [`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk, chunk, chunk, chunk];
    answeredWith413(
      await exchangeRaw({ port: api.port, bytes, until: (received) => received.includes('"}') }),
    );
  });

  it('is answered even to a client that reads only after it has sent everything', async () => {
    const socket = connect({ port: api.port, host: '127.0.0.1' });
    const errors: Error[] = [];
    socket.on('error', (error) => errors.push(error));
    socket.pause();
    socket.write(`${head}Content-Length: 320000\r\n\r\n`);
    for (let piece = 0; piece < 20; piece += 1) {
      await new Promise<void>((resolve) => {
        // Each chunk in its own packet, so that the server answers long before the last one.
        socket.write('x'.repeat(16_000), () => setImmediate(() => setImmediate(resolve)));
      });
    }
    let received = '';
    for await (const part of socket) received += String(part);
    expect(errors).toEqual([]);
    answeredWith413(received);
  });

  it('is discarded when its client disconnects', async () => {
    await exchangeRaw({
      port: api.port,
      bytes: `${head}Content-Length: 100\r\n\r\n{"title":`,
      until: () => true,
      halfClose: true,
    });
    await expect(send(text).then(({ status }) => status)).resolves.toBe(200);
    await api.empty();
  });
});
