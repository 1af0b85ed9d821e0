import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { engineNames } from '../../../src/engine-table.ts';
import { hashPassword } from '../../../src/routing/rules/password.ts';
import { askAdmin } from '../../support/admin.ts';
import { type Answer, ask, json } from '../../support/ask.ts';
import { type RunningProxy, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;

const outcomeOf = ({ status, text }: Answer): unknown =>
  status === 200 ? text : [status, (JSON.parse(text) as { code: string }).code];

describe.each(engineNames)('rules of a route with the engine %s', (engine) => {
  const run = async (
    route: Readonly<Record<string, unknown>>,
    upstream: { readonly url: string },
    settings: object = {},
  ): Promise<RunningProxy> =>
    runProxy({ engine, routes: [{ prefix: '/', upstreams: [upstream.url], ...route }], ...settings });

  it('select the route by host, the most specific first, and fall back to a route without a host', async () => {
    const [name, wildcard, every] = await Promise.all(
      ['name', 'wildcard', 'every'].map((text) =>
        runUpstream((socket) => void socket.write(plainResponse(text))),
      ),
    );
    const proxy = await runProxy({
      engine,
      routes: [
        { prefix: '/only-here/', upstreams: [every?.url] },
        { host: '*.example.org', prefix: '/', upstreams: [wildcard?.url] },
        { host: 'www.example.org', prefix: '/', upstreams: [name?.url] },
      ],
    });
    const get = async (host: string, path = '/') =>
      outcomeOf(await ask({ ...proxy, path, headers: { Host: host } }));
    expect(await get('WWW.example.org:8080')).toBe('name');
    expect(await get('a.b.example.org')).toBe('wildcard');
    expect(await get('www.example.org', '/only-here/')).toBe('name');
    expect(await get('example.org', '/only-here/')).toBe('every');
    expect(await get('example.org')).toEqual([404, 'NOT_FOUND']);
  });

  it('answer 421 to a host that no route names, and keep the connection', async () => {
    const upstream = await runUpstream();
    const proxy = await run({ host: 'example.org' }, upstream);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = (host: string) => ask({ ...proxy, agent, headers: { Host: host } });
    expect(outcomeOf(await get('other.example'))).toEqual([421, 'PROXY_HOST_UNKNOWN']);
    expect((await get('other.example')).headers.connection).not.toBe('close');
    expect(outcomeOf(await get('example.org'))).toBe('hello');
    agent.destroy();
  });

  it('change the headers of requests and responses', async () => {
    const upstream = await runUpstream(
      (socket) =>
        void socket.write(
          'HTTP/1.1 200 OK\r\nServer: x\r\nVary: Accept\r\nx-frame-options: a\r\nContent-Length: 2\r\n\r\nhi',
        ),
    );
    const headers = {
      request: { set: { 'X-Tenant': 'blue' }, add: { 'X-More': 'b' }, remove: ['User-Agent', 'X-Secret'] },
      response: { set: { 'X-Frame-Options': 'DENY' }, add: { Vary: 'Origin' }, remove: ['server'] },
    };
    const proxy = await run({ headers }, upstream);
    // A client cannot use Connection to remove what a rule has set.
    const sent = {
      'x-tenant': 'evil',
      'X-More': 'a',
      'X-Secret': 's',
      'User-Agent': 'u',
      Connection: 'close, x-tenant',
    };
    for (let round = 0; round < 2; round += 1) {
      const answer = await ask({ ...proxy, headers: sent });
      expect(answer.text).toBe('hi');
      expect(answer.headers).toMatchObject({ 'x-frame-options': 'DENY', vary: 'Accept, Origin' });
      expect(answer.headers['server']).toBeUndefined();
    }
    const head = upstream.requests[1]?.head ?? '';
    expect(
      head
        .match(/^x-(?:tenant|more|secret):.*|^user-agent:.*$/gim)
        ?.map((line) => line.toLowerCase().trim())
        .sort(),
    ).toEqual(['x-more: a', 'x-more: b', 'x-tenant: blue']);
  });

  it('redirect without an upstream', async () => {
    const proxy = await runProxy({
      engine,
      routes: [
        { host: 'old.example', prefix: '/', redirect: { to: 'https://new.example{uri}', status: 301 } },
        { prefix: '/docs/', redirect: { to: '/help/{rest}' } },
      ],
    });
    const get = async (path: string, host = 'here') => {
      const { status, headers } = await ask({ ...proxy, path, headers: { Host: host } });
      return [status, headers.location];
    };
    expect(await get('/a?b=c', 'old.example')).toEqual([301, 'https://new.example/a?b=c']);
    expect(await get('/docs/a/b?c')).toEqual([302, '/help/a/b?c']);
    expect(await get('/docs//evil.example/')).toEqual([302, '/help//evil.example/']);
    expect((await get('/docs/%2e%2e/'))[0]).toBe(400);
  });

  it('refuse addresses by allow and deny, by the client address behind trusted proxies', async () => {
    const upstream = await runUpstream();
    const rules = { allow: ['10.0.0.0/8', '2001:db8::/32'], deny: ['10.6.6.0/24'] };
    const proxy = await run(rules, upstream, { trustedProxies: ['127.0.0.1'] });
    const get = async (client: string) =>
      outcomeOf(await ask({ ...proxy, headers: { 'X-Forwarded-For': client } }));
    expect(await get('10.1.2.3')).toBe('hello');
    expect(await get('2001:db8::1')).toBe('hello');
    expect(await get('10.6.6.1')).toEqual([403, 'PROXY_ADDRESS_REFUSED']);
    expect(await get('192.0.2.1')).toEqual([403, 'PROXY_ADDRESS_REFUSED']);
    expect(upstream.requests).toHaveLength(2);
  });

  it('limit the rate of a client, also with bodies, and keep the connection', async () => {
    const upstream = await runUpstream();
    const proxy = await run({ rateLimit: { perSecond: 0.01, burst: 2 } }, upstream, {
      trustedProxies: ['127.0.0.1'],
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = (client: string) => ask({ ...proxy, agent, headers: { 'X-Forwarded-For': client } });
    expect([(await get('192.0.2.1')).status, (await get('192.0.2.1')).status]).toEqual([200, 200]);
    const refused = await get('192.0.2.1');
    expect(outcomeOf(refused)).toEqual([429, 'PROXY_RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers.connection).not.toBe('close');
    expect((await get('192.0.2.2')).status).toBe(200);
    const post = await ask({
      ...proxy,
      method: 'POST',
      body: 'x'.repeat(1000),
      headers: { 'X-Forwarded-For': '192.0.2.1' },
    });
    expect(post.status).toBe(429);
    expect(upstream.requests).toHaveLength(3);
    agent.destroy();
  });

  it('ask for a password, check it, and do not send it to the upstream', async () => {
    const upstream = await runUpstream();
    const users = { ann: 'secret', bob: await hashPassword('hidden') };
    const proxy = await run({ basicAuth: { realm: 'lab', users } }, upstream);
    const send = (credentials: string | undefined, body?: string) =>
      ask({
        ...proxy,
        ...(body === undefined ? {} : { method: 'POST', body }),
        headers: credentials === undefined ? {} : { Authorization: basic(credentials) },
      });
    const refused = await send(undefined);
    expect(outcomeOf(refused)).toEqual([401, 'PROXY_CREDENTIALS_REQUIRED']);
    expect(refused.headers['www-authenticate']).toBe('Basic realm="lab", charset="UTF-8"');
    expect((await send('ann:wrong')).status).toBe(401);
    expect((await send('bob:wrong', 'a body')).status).toBe(401);
    expect((await send('bob:hidden', 'a body')).status).toBe(200);
    expect((await send('bob:hidden')).status).toBe(200);
    expect((await send('ann:secret', 'a body')).status).toBe(200);
    expect(upstream.requests).toHaveLength(3);
    expect(upstream.requests.map(({ head }) => head).join('')).not.toMatch(/authorization/i);
  });

  it('leave no trace of a client that goes away while its password is checked', async () => {
    const upstream = await runUpstream();
    const proxy = await run({ basicAuth: { users: { bob: await hashPassword('hidden') } } }, upstream);
    const controller = new AbortController();
    const gone = fetch(`http://127.0.0.1:${proxy.port}/`, {
      headers: { Authorization: basic('bob:wrong') },
      signal: controller.signal,
    });
    controller.abort();
    await expect(gone).rejects.toThrow();
    expect((await ask({ ...proxy, headers: { Authorization: basic('bob:hidden') } })).status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });

  it('set time limits of their own', async () => {
    const silent = await runUpstream(() => undefined);
    const proxy = await run({ responseTimeoutMs: 20 }, silent);
    expect(outcomeOf(await ask({ ...proxy, method: 'POST', body: 'x' }))).toEqual([
      504,
      'PROXY_UPSTREAM_TIMEOUT',
    ]);
  });
});

describe('the admin side', () => {
  it('never shows the passwords of a route, nor does an error in a config file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proxy-'));
    const config = join(folder, 'proxy.json');
    const write = (password: unknown) =>
      writeFile(
        config,
        JSON.stringify({
          healthPath: 'off',
          routes: [
            { prefix: '/', upstreams: ['http://127.0.0.1:1'], basicAuth: { users: { ann: password } } },
          ],
        }),
      );
    await write('geheim');
    const proxy = await runProxy({ config });
    const shown = await askAdmin(proxy, { path: '/config' });
    expect(shown.text).toContain('"ann"');
    expect(shown.text).not.toContain('geheim');
    await write(['geheim']);
    const refused = await askAdmin(proxy, { path: '/config/reload', method: 'POST' });
    expect(json(refused)['errors']).toEqual([
      { pointer: '#/routes/0/basicAuth/users/ann', detail: expect.stringContaining('must be a password') },
    ]);
    expect(refused.text + JSON.stringify(proxy.log)).not.toContain('geheim');
    await rm(folder, { recursive: true });
  });
});
