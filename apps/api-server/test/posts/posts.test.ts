import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { type Api, startApi } from '../support/api.ts';
import { get, send } from '../support/send.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => askDatabase(api.databaseUrl, 'truncate posts restart identity'));
afterAll(() => api.stop());

const post = { title: 'Hello', body: 'A first line\n\tand a second' };
const add = (body: unknown) => send(api.url, '/posts', body);

describe('posts', () => {
  it('are added with 201 and a relative Location, and read back', async () => {
    const added = await add(post);
    expect(added.status).toBe(201);
    expect(added.body).toEqual({ id: 1, ...post, created_at: expect.any(String) });
    expect(added.headers.get('location')).toBe('posts/1');
    expect((await get(api.url, '/posts/1')).body).toEqual(added.body);
    expect((await get(api.url, '/posts/2')).body.code).toBe('API_POST_NOT_FOUND');
  });

  it.each([
    ['a title of 201 characters', { ...post, title: 'x'.repeat(201) }, '#/title'],
    ['a body of 10,001 characters', { ...post, body: 'x'.repeat(10_001) }, '#/body'],
    ['a blank body', { ...post, body: ' \n' }, '#/body'],
    ['a body with U+0000', { ...post, body: 'a\u0000b' }, '#/body'],
    ['a body with an escape character', { ...post, body: 'a\u001bb' }, '#/body'],
    ['a body with a lone surrogate', `{"title":"x","body":"\\ud800"}`, '#/body'],
    ['a title with a line break', { ...post, title: 'a\nb' }, '#/title'],
    ['a missing body', { title: 'x' }, '#/body'],
  ])('are refused with 400 for %s', async (_what, body, pointer) => {
    const refused = await add(body);
    expect([refused.status, refused.body.code]).toEqual([400, 'API_POST_INVALID']);
    expect(refused.body.errors[0].pointer).toBe(pointer);
  });

  it('accept 10,000 characters outside the BMP', async () => {
    expect((await add({ ...post, body: '😀'.repeat(10_000) })).status).toBe(201);
  });

  it('are listed 20 a page, the newest first', async () => {
    for (let at = 1; at <= 21; at += 1) await add({ ...post, title: `Post ${at}` });
    const first = await get(api.url, '/posts');
    expect(first.body.map(({ id }: { id: number }) => id)).toEqual(
      Array.from({ length: 20 }, (_, at) => 21 - at),
    );
    const next = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const last = await get(api.url, `/${next}`);
    expect(last.body).toHaveLength(1);
    expect(last.headers.has('link')).toBe(false);
  });
});
