import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Api, startApi } from '../support/api.ts';
import { get } from '../support/send.ts';

let one: Api;
let other: Api;
beforeAll(async () => {
  one = await startApi();
  other = await startApi({ besides: one });
});
afterAll(async () => {
  await other.stop();
  await one.stop();
});

const targetOf = (path: string, parameters: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(parameters).toString()}`;

describe('keys', () => {
  it.each([
    ['color', 'blue'],
    ['an empty value', ''],
    ['größer & 🌲', 'lines\n\tand "quotes" & more 🌲'],
    ['k'.repeat(200), 'x'.repeat(10_000)],
  ])('that one copy has set are read by every copy: %s', async (key, value) => {
    const set = await get(one.url, targetOf('/set', { key, value }));
    expect([set.status, set.body]).toEqual([200, { key, value }]);
    const read = await get(other.url, targetOf('/get', { key }));
    expect([read.status, read.body]).toEqual([200, { key, value }]);
    expect([set, read].map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store']);
  });

  it('keep the value that was set last', async () => {
    for (const value of ['1', '2']) await get(one.url, targetOf('/set', { key: 'twice', value }));
    expect((await get(other.url, '/get?key=twice')).body.value).toBe('2');
  });

  it('that were never set are answered with 404', async () => {
    const answer = await get(one.url, '/get?key=nothing');
    expect([answer.status, answer.body.code]).toEqual([404, 'API_KEY_NOT_FOUND']);
  });

  it.each([
    '/set?value=x',
    '/set?key=&value=x',
    '/set?key=a%1b[31m&value=x',
    '/set?key=a%0ab&value=x',
    '/set?key=a%00&value=x',
    '/set?key=a&value=x%00',
    '/set?key=a&value=x%1b',
    '/set?key=a&key=b&value=x',
    `/set?key=${'k'.repeat(201)}&value=x`,
    `/set?key=a&value=${'x'.repeat(10_001)}`,
    '/get?key=a%7f',
    '/get',
  ])('are refused with 400: %s', async (target) => {
    expect((await get(one.url, target)).status).toBe(400);
  });
});
