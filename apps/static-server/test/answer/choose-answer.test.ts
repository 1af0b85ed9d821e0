import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RawResponse } from '@tripod/testing/raw-http';
import { decode } from '../support/decode.ts';
import { createSite, type Site } from '../support/site.ts';
import { type StartedServer, startServer } from '../support/started-server.ts';

const text = 'Repeated text compresses well. '.repeat(500);

let site: Site;
let started: StartedServer;
let tags: { readonly identity: string; readonly br: string; readonly gzip: string };
let modified: string;

const ask = async (
  headers: readonly string[] = [],
  target = '/text.txt',
  method = 'GET',
): Promise<RawResponse> =>
  started.ask(
    target,
    headers.map((line) =>
      line
        .replace('IDENTITY', tags?.identity ?? '')
        .replace('BR', tags?.br ?? '')
        .replace('GZ', tags?.gzip ?? '')
        .replace('MODIFIED', modified ?? ''),
    ),
    method,
  );

beforeAll(async () => {
  site = createSite();
  site.write('text.txt', text);
  site.write('page.html', text);
  site.write('drawing.svg', `<svg xmlns="http://www.w3.org/2000/svg">${text}</svg>`);
  site.write('noise.txt', randomBytes(300));
  site.write('photo.jpg', text);
  site.write('large.css', text.repeat(80));
  started = await startServer({ root: site.root, maxMemoryBytes: 64 * 1024 * 1024 });
  await started.server.preload();
  const tagFor = async (coding: string): Promise<string> =>
    (await ask([`Accept-Encoding: ${coding}`])).headers['etag'] ?? '';
  modified = (await ask()).headers['last-modified'] ?? '';
  tags = { identity: await tagFor('identity'), br: await tagFor('br'), gzip: await tagFor('gzip') };
});

afterAll(async () => {
  await started.stop();
  site.remove();
});

describe.each([
  ['from the fast path', ''],
  ['by Express', '?a'],
])('content codings %s', (_way, query) => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['*', 'br'],
    ['gzip;q=0', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['identity;q=0', undefined],
  ])('answer Accept-Encoding %j with %s', async (accepted, coding) => {
    for (const target of ['/text.txt', '/page.html', '/drawing.svg', '/large.css']) {
      const lines = accepted === undefined ? [] : [`Accept-Encoding: ${accepted}`];
      const answer = await ask(lines, `${target}${query}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-encoding']).toBe(coding);
      expect(answer.headers['vary']).toBe('Accept-Encoding');
      expect(answer.headers['content-length']).toBe(String(answer.body.length));
      expect(decode(answer)).toContain(text);
      const head = await ask(lines, `${target}${query}`, 'HEAD');
      expect([head.headers['content-length'], head.body]).toEqual([answer.headers['content-length'], '']);
    }
  });

  it.each(['/photo.jpg', '/app.png'])('are not made for %s, and no Vary is sent', async (target) => {
    site.write('app.png', text);
    const answer = await ask(['Accept-Encoding: gzip, br'], `${target}${query}`);
    expect(decode(answer)).toBe(text);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers).not.toHaveProperty('vary');
  });

  it.each(['/noise.txt', '/empty.txt'])('are not used when they would be larger: %s', async (target) => {
    const answer = await ask(['Accept-Encoding: gzip, br'], `${target}${query}`);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers['vary']).toBe('Accept-Encoding');
  });

  it('have a strong entity tag each', () => {
    expect(new Set([tags.identity, tags.br, tags.gzip]).size).toBe(3);
    for (const tag of Object.values(tags)) expect(tag).toMatch(/^"[\w-]+"$/);
  });

  it.each([
    ['the entity tag of the coding', ['Accept-Encoding: br', 'If-None-Match: BR'], 304, 'br'],
    [
      'the entity tag of the coding, marked weak',
      ['Accept-Encoding: gzip', 'If-None-Match: W/GZ'],
      304,
      'gzip',
    ],
    ['the entity tag of another coding', ['Accept-Encoding: br', 'If-None-Match: GZ'], 200, 'br'],
    ['the entity tag of identity', ['Accept-Encoding: br', 'If-None-Match: IDENTITY'], 200, 'br'],
    [
      'the entity tags of all representations',
      ['Accept-Encoding: br', 'If-None-Match: IDENTITY, GZ, BR'],
      304,
      'br',
    ],
    ['the entity tag of a coding that is not accepted', ['If-None-Match: BR'], 200, 'identity'],
    ['the date', ['Accept-Encoding: br', 'If-Modified-Since: MODIFIED'], 304, 'br'],
    ['If-Match with the entity tag of the coding', ['Accept-Encoding: br', 'If-Match: BR'], 200, 'br'],
  ] as const)('evaluate a precondition: %s', async (_what, lines, status, tag) => {
    const answer = await ask(lines, `/text.txt${query}`);
    expect([answer.status, answer.headers['etag']]).toEqual([status, tags[tag]]);
    expect(answer.headers['vary']).toBe('Accept-Encoding');
  });

  it('refuse If-Match with the entity tag of another representation with 412', async () => {
    const answer = await ask(['Accept-Encoding: br', 'If-Match: IDENTITY'], `/text.txt${query}`);
    expect(answer.status).toBe(412);
  });

  it.each([
    ['without If-Range, a part of identity', ['Range: bytes=0-9'], 206, 'identity'],
    [
      'with the entity tag of identity, a part of identity',
      ['Range: bytes=5-', 'If-Range: IDENTITY'],
      206,
      'identity',
    ],
    [
      'with the entity tag of the coding, a part of the coding',
      ['Range: bytes=5-', 'If-Range: BR'],
      206,
      'br',
    ],
    [
      'with the entity tag of a coding that is not accepted, the whole',
      ['Range: bytes=5-', 'If-Range: GZ'],
      200,
      'br',
    ],
    ['with another entity tag, the whole in the coding', ['Range: bytes=5-', 'If-Range: "a"'], 200, 'br'],
    [
      'with the date, which all representations share, the whole in the coding',
      ['Range: bytes=5-', 'If-Range: MODIFIED'],
      200,
      'br',
    ],
  ] as const)('answer a range: %s', async (_what, lines, status, tag) => {
    const whole = await ask([`Accept-Encoding: ${tag === 'br' ? 'br' : 'identity'}`], `/text.txt${query}`);
    const answer = await ask(['Accept-Encoding: br', ...lines], `/text.txt${query}`);
    expect([answer.status, answer.headers['etag']]).toEqual([status, tags[tag]]);
    expect(answer.headers['content-encoding']).toBe(tag === 'br' ? 'br' : undefined);
    const [, first = '', last = ''] =
      /^bytes (\d+)-(\d+)\//.exec(answer.headers['content-range'] ?? '') ?? [];
    expect(answer.body).toBe(status === 200 ? whole.body : whole.body.slice(Number(first), Number(last) + 1));
  });

  it('answer a range with the date in If-Range with a part, for a client that accepts no coding', async () => {
    const answer = await ask(['Range: bytes=0-2', 'If-Range: MODIFIED'], `/text.txt${query}`);
    expect(answer).toMatchObject({ status: 206, body: text.slice(0, 3) });
  });
});

describe('the entity tag', () => {
  it('is the same on another server, and another one for a file that is not in memory', async () => {
    const other = await startServer({ root: site.root, maxMemoryBytes: 1024 * 1024 });
    const streaming = await startServer({ root: site.root, maxMemoryBytes: 0 });
    const tagOf = async (server: StartedServer): Promise<string | undefined> =>
      (await server.ask('/text.txt')).headers['etag'];
    expect(await tagOf(other)).toBe(tags.identity);
    const streamed = (await tagOf(streaming)) ?? '';
    expect(streamed).toMatch(/^"[\w-]{22}"$/);
    expect(streamed).not.toBe(tags.identity);
    await other.stop();
    await streaming.stop();
    // A copy of one version is never completed or confirmed by the other.
    const part = await ask(['Range: bytes=5-', `If-Range: ${streamed}`]);
    expect([part.status, part.body]).toEqual([200, text]);
    expect((await ask([`If-None-Match: ${streamed}`])).status).toBe(200);
    expect((await ask([`If-Match: ${streamed}`])).status).toBe(412);
  });
});
