import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Api, startApi } from '../support/api.ts';

let one: Api;
let other: Api;
beforeAll(async () => {
  one = await startApi();
  other = await startApi({ besides: one, servedBy: undefined });
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

type Visit = {
  readonly served_by: string | null;
  readonly session_id: string;
  readonly session_count: number;
  readonly global_count: number;
};

const visit = async ({ url }: Api, cookie?: string) => {
  const answer = await fetch(url, cookie === undefined ? {} : { headers: { Cookie: cookie } });
  expect(answer.status).toBe(200);
  return { headers: answer.headers, visit: (await answer.json()) as Visit };
};

describe('visits', () => {
  it('get a session whose cookie counts on, on every copy, and may not be stored', async () => {
    const first = await visit(one);
    const { session_id: id, global_count: before } = first.visit;
    expect(first.visit).toEqual({
      served_by: 'api-1',
      session_id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      session_count: 1,
      global_count: expect.any(Number),
    });
    const cookie = `sid=${id}; Max-Age=43200; Path=/; HttpOnly; SameSite=Lax`;
    expect(first.headers.getSetCookie()).toEqual([cookie]);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.has('etag')).toBe(false);
    const second = await visit(other, `theme=dark; sid=${id}`);
    // Each use renews the cookie.
    expect(second.headers.getSetCookie()).toEqual([cookie]);
    expect(second.visit).toEqual({
      served_by: null,
      session_id: id,
      session_count: 2,
      global_count: before + 1,
    });
  });

  it.each(['sid=', 'sid=x', 'sid=11111111-2222-4333-8444-555555555555', 'sid=%0d%0aX-Evil:1', 'SID=y'])(
    'with the cookie %s, which was not issued, get a new session',
    async (cookie) => {
      const { visit: visited, headers } = await visit(one, cookie);
      expect(visited.session_count).toBe(1);
      expect(cookie).not.toContain(visited.session_id);
      expect(headers.getSetCookie()).toHaveLength(1);
    },
  );

  it('lose and repeat no number when many come at the same time', async () => {
    const { visit: first } = await visit(one);
    const cookie = `sid=${first.session_id}`;
    const all = await Promise.all(Array.from({ length: 60 }, (_, at) => visit(at % 2 ? one : other, cookie)));
    const sorted = (name: 'session_count' | 'global_count') =>
      all.map(({ visit: visited }) => visited[name] - first[name]).sort((a, b) => a - b);
    const upTo60 = Array.from({ length: 60 }, (_, at) => at + 1);
    expect(sorted('session_count')).toEqual(upTo60);
    expect(sorted('global_count')).toEqual(upTo60);
  });

  it('are counted by GET only', async () => {
    const answer = await fetch(one.url, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});
