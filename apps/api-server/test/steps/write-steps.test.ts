import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { createWriteSteps } from '../../src/steps/create-write-steps.ts';
import { type Api, cat, startApi } from '../support/api.ts';

const token = 'a-long.token_of~writes+/==';
/** Stands still, so that a bucket is never refilled. */
const still: Clock = { ...systemClock, monotonicMs: () => 0 };

let api: Api;
let open: Api;
beforeAll(async () => {
  api = await startApi({ steps: createWriteSteps({ writeToken: token, writeLimit: '1000/s' }, still) });
  open = await startApi();
});
afterAll(async () => {
  await api.stop();
  await open.stop();
});

const send = (headers: Readonly<Record<string, string>>, { url } = api) =>
  fetch(`${url}/images.json`, { method: 'POST', body: JSON.stringify(cat), headers });
const bearer = (value: string) => ({ Authorization: `Bearer ${value}` });
const codeOf = async (answer: Response): Promise<unknown> =>
  ((await answer.json()) as { readonly code?: string }).code;

type Description = {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly security?: object; readonly responses: Readonly<Record<string, object>> }>
      >
    >
  >;
  readonly components: { readonly securitySchemes?: object };
};
const describeOf = async ({ url }: Api): Promise<Description> =>
  (await (await fetch(`${url}/openapi.json`)).json()) as Description;

describe('a write token', () => {
  it('lets a POST with the token through, whatever the case of the scheme', async () => {
    expect((await send(bearer(token))).status).toBe(200);
    expect((await send({ Authorization: `bearer ${token}` })).status).toBe(200);
  });

  it.each([
    ['no Authorization', {}],
    ['another token', bearer('another')],
    ['a longer token', bearer(`${token}x`)],
    ['a part of the token', bearer(token.slice(0, -1))],
    ['no token', { Authorization: 'Bearer' }],
    ['another scheme', { Authorization: `Basic ${token}` }],
  ])('refuses a POST with %s', async (_what, headers) => {
    const answer = await send(headers as Readonly<Record<string, string>>);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    await expect(codeOf(answer)).resolves.toBe('API_TOKEN_REQUIRED');
  });

  it('refuses before the body has been sent', async () => {
    const head = 'POST /books HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\nConnection: close\r\n\r\n{';
    const answer = parseRawResponse(await exchangeRaw({ port: api.port, bytes: head }));
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
  });

  it('is not needed for a GET', async () => {
    expect((await fetch(`${api.url}/images.json`)).status).toBe(200);
  });

  it('is described in OpenAPI, for each POST and for nothing else', async () => {
    const { paths, components } = await describeOf(api);
    expect(components.securitySchemes).toEqual({ bearer: { type: 'http', scheme: 'bearer' } });
    for (const methods of Object.values(paths)) {
      for (const [method, { security, responses }] of Object.entries(methods)) {
        expect(security).toEqual(method === 'post' ? [{ bearer: [] }] : undefined);
        expect([responses['401'] !== undefined, responses['429'] !== undefined]).toEqual(
          method === 'post' ? [true, true] : [false, false],
        );
      }
    }
    const { components: without } = await describeOf(open);
    expect(without.securitySchemes).toBeUndefined();
  });
});

describe('a write limit', () => {
  it('refuses further POSTs of one address with 429 and Retry-After, at any path', async () => {
    const limited = await startApi({
      steps: createWriteSteps({ writeToken: undefined, writeLimit: '2/s' }, still),
    });
    try {
      const from = (address: string) => send({ 'X-Forwarded-For': address }, limited);
      expect([(await from('192.0.2.1')).status, (await from('192.0.2.1')).status]).toEqual([200, 200]);
      const refused = await from('192.0.2.1');
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
      await expect(codeOf(refused)).resolves.toBe('API_WRITE_LIMIT');
      const init = { method: 'POST', body: '{}', headers: { 'X-Forwarded-For': '192.0.2.1' } };
      expect((await fetch(`${limited.url}/posts`, init)).status).toBe(429);
      expect((await from('192.0.2.2')).status).toBe(200);
      expect((await fetch(`${limited.url}/images.json`)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });

  it('counts POSTs without the right token', async () => {
    const limited = await startApi({
      steps: createWriteSteps({ writeToken: token, writeLimit: '1/s' }, still),
    });
    try {
      expect((await send(bearer('wrong'), limited)).status).toBe(401);
      expect((await send(bearer('wrong'), limited)).status).toBe(429);
    } finally {
      await limited.stop();
    }
  });
});
