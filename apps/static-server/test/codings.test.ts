import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RawResponse } from '@tripod/testing/raw-http';
import { decode } from './support/decode.ts';
import { createSite, type Site } from './support/site.ts';
import { type StartedServer, startServer } from './support/started-server.ts';

const text = 'All that is said twice can be said shorter. '.repeat(500);

let site: Site;
let started: StartedServer;
let tags: { readonly own: string; readonly br: string; readonly gzip: string };
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
        .replace('OWN', tags?.own ?? '')
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
  await started.server.prepare();
  const tagFor = async (coding: string): Promise<string> =>
    (await ask([`Accept-Encoding: ${coding}`])).headers['etag'] ?? '';
  modified = (await ask()).headers['last-modified'] ?? '';
  tags = { own: await tagFor('identity'), br: await tagFor('br'), gzip: await tagFor('gzip') };
});

afterAll(async () => {
  await started.stop();
  site.remove();
});

describe.each([
  ['at once', ''],
  ['through Express', '?a'],
])('codings %s', (_way, query) => {
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
  ])('for Accept-Encoding %j is %s', async (accepted, coding) => {
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

  it.each(['/photo.jpg', '/app.png'])('are none for %s, which nothing varies', async (target) => {
    site.write('app.png', text);
    const answer = await ask(['Accept-Encoding: gzip, br'], `${target}${query}`);
    expect(decode(answer)).toBe(text);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers).not.toHaveProperty('vary');
  });

  it.each(['/noise.txt', '/empty.txt'])('that would be larger are not used: %s', async (target) => {
    const answer = await ask(['Accept-Encoding: gzip, br'], `${target}${query}`);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers['vary']).toBe('Accept-Encoding');
  });

  it('have strong tags, one each', () => {
    expect(new Set([tags.own, tags.br, tags.gzip]).size).toBe(3);
    for (const tag of Object.values(tags)) expect(tag).toMatch(/^"[\w-]+"$/);
  });

  it.each([
    ['the tag of the coding', ['Accept-Encoding: br', 'If-None-Match: BR'], 304, 'br'],
    ['the tag of the coding, weak', ['Accept-Encoding: gzip', 'If-None-Match: W/GZ'], 304, 'gzip'],
    ['the tag of another coding', ['Accept-Encoding: br', 'If-None-Match: GZ'], 200, 'br'],
    ['the tag of the bytes themselves', ['Accept-Encoding: br', 'If-None-Match: OWN'], 200, 'br'],
    ['the tags of all', ['Accept-Encoding: br', 'If-None-Match: OWN, GZ, BR'], 304, 'br'],
    ['a tag of a coding that is not accepted', ['If-None-Match: BR'], 200, 'own'],
    ['the date', ['Accept-Encoding: br', 'If-Modified-Since: MODIFIED'], 304, 'br'],
    ['If-Match with the tag of the coding', ['Accept-Encoding: br', 'If-Match: BR'], 200, 'br'],
  ] as const)('answer a condition: %s', async (_what, lines, status, tag) => {
    const answer = await ask(lines, `/text.txt${query}`);
    expect([answer.status, answer.headers['etag']]).toEqual([status, tags[tag]]);
    expect(answer.headers['vary']).toBe('Accept-Encoding');
  });

  it('refuse If-Match with the tag of another one', async () => {
    const answer = await ask(['Accept-Encoding: br', 'If-Match: OWN'], `/text.txt${query}`);
    expect(answer.status).toBe(412);
  });

  it.each([
    ['without If-Range are of the bytes themselves', ['Range: bytes=0-9'], 206, 'own'],
    ['with the tag of the bytes themselves', ['Range: bytes=5-', 'If-Range: OWN'], 206, 'own'],
    ['with the tag of the coding are of the coding', ['Range: bytes=5-', 'If-Range: BR'], 206, 'br'],
    [
      'with a tag of a coding that is not accepted are the whole',
      ['Range: bytes=5-', 'If-Range: GZ'],
      200,
      'br',
    ],
    ['with another tag are the whole, coded', ['Range: bytes=5-', 'If-Range: "a"'], 200, 'br'],
    [
      'with the date, which all have, are the whole, coded',
      ['Range: bytes=5-', 'If-Range: MODIFIED'],
      200,
      'br',
    ],
  ] as const)('and ranges: %s', async (_what, lines, status, tag) => {
    const whole = await ask([`Accept-Encoding: ${tag === 'br' ? 'br' : 'identity'}`], `/text.txt${query}`);
    const answer = await ask(['Accept-Encoding: br', ...lines], `/text.txt${query}`);
    expect([answer.status, answer.headers['etag']]).toEqual([status, tags[tag]]);
    expect(answer.headers['content-encoding']).toBe(tag === 'br' ? 'br' : undefined);
    const [, first = '', last = ''] =
      /^bytes (\d+)-(\d+)\//.exec(answer.headers['content-range'] ?? '') ?? [];
    expect(answer.body).toBe(status === 200 ? whole.body : whole.body.slice(Number(first), Number(last) + 1));
  });

  it('with the date are ranges for a client that takes no coding', async () => {
    const answer = await ask(['Range: bytes=0-2', 'If-Range: MODIFIED'], `/text.txt${query}`);
    expect(answer).toMatchObject({ status: 206, body: text.slice(0, 3) });
  });
});

describe('tags', () => {
  it('are the same on another server, and others for a file that is not in memory', async () => {
    const other = await startServer({ root: site.root, maxMemoryBytes: 1024 * 1024 });
    const streaming = await startServer({ root: site.root, maxMemoryBytes: 0 });
    const tagOf = async (server: StartedServer): Promise<string | undefined> =>
      (await server.ask('/text.txt')).headers['etag'];
    expect(await tagOf(other)).toBe(tags.own);
    const streamed = (await tagOf(streaming)) ?? '';
    expect(streamed).toMatch(/^"[\w-]{22}"$/);
    expect(streamed).not.toBe(tags.own);
    await other.stop();
    await streaming.stop();
    // What a client has of the one is never completed, and never confirmed, with the other.
    const part = await ask(['Range: bytes=5-', `If-Range: ${streamed}`]);
    expect([part.status, part.body]).toEqual([200, text]);
    expect((await ask([`If-None-Match: ${streamed}`])).status).toBe(200);
    expect((await ask([`If-Match: ${streamed}`])).status).toBe(412);
  });
});
