import { afterEach, describe, expect, it } from '@jest/globals';
import { adminOperations } from '../../src/admin/describe-admin.ts';
import { askAdmin } from '../support/admin.ts';
import { json } from '../support/ask.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(stopAll);

const start = async (settings: Parameters<typeof runProxy>[0] = {}) => {
  const upstream = await runUpstream();
  return runProxy({ route: routeTo(upstream), ...settings });
};

describe('the access to the admin side', () => {
  it('needs the token when there is one, except for probes, metrics and the status page', async () => {
    const proxy = await start({ adminToken: 'Zm9v' });
    const status = async (path: string, headers = {}) => (await askAdmin(proxy, { path, headers })).status;
    for (const path of ['/pools', '/config', '/traces', '/openapi.json', '/debug/pprof/heap'])
      expect([path, await status(path)]).toEqual([path, 401]);
    for (const path of ['/livez', '/readyz', '/healthz', '/metrics', '/', '/status.js', '/status.css'])
      expect([path, await status(path)]).toEqual([path, 200]);
    const answer = await askAdmin(proxy, { path: '/pools', headers: { Authorization: 'Bearer wrong' } });
    expect([json(answer)['code'], answer.headers['www-authenticate']]).toEqual([
      'ADMIN_TOKEN_REQUIRED',
      'Bearer',
    ]);
    expect(await status('/pools', { Authorization: 'bearer Zm9v' })).toBe(200);
    const config = await askAdmin(proxy, { path: '/config', headers: { Authorization: 'Bearer Zm9v' } });
    expect(config.text).not.toContain('Zm9v');
  });

  it('is refused to the network without a token, before the proxy starts', async () => {
    await expect(start({ adminHost: '0.0.0.0' })).rejects.toThrow(
      '--admin-host must be a loopback address unless ADMIN_TOKEN is set, and is "0.0.0.0"',
    );
  });

  it('is open to other names on the network with a token', async () => {
    const proxy = await start({ adminHost: '0.0.0.0', adminToken: 'Zm9v' });
    const headers = { Host: `admin.example:${proxy.adminPort}`, Authorization: 'Bearer Zm9v' };
    expect((await askAdmin(proxy, { path: '/pools', headers })).status).toBe(200);
    const foreign = { ...headers, Origin: 'http://evil.example' };
    expect((await askAdmin(proxy, { path: '/pools', headers: foreign })).status).toBe(403);
  });
});

describe('the description of the admin side', () => {
  it('names exactly the methods that each of its paths has', async () => {
    const proxy = await start();
    const document = json(await askAdmin(proxy, { path: '/openapi.json' }));
    expect(document['openapi']).toBe('3.1.0');
    const paths = document['paths'] as Record<string, Record<string, unknown>>;
    expect(Object.keys(paths)).toEqual(Object.keys(adminOperations));
    for (const [path, described] of Object.entries(paths)) {
      const { parameters: _parameters, ...methods } = described;
      const refused = await askAdmin(proxy, { path: path.replace(/\{\w+\}/g, 'x'), method: 'PURGE' });
      const allowed = String(refused.headers.allow).toLowerCase().split(', ');
      expect([path, Object.keys(methods).sort()]).toEqual([
        path,
        allowed.filter((one) => one !== 'head').sort(),
      ]);
    }
  });
});

describe('the status page', () => {
  it('loads nothing from elsewhere, and says so in its Content-Security-Policy', async () => {
    const proxy = await start();
    const { text, headers } = await askAdmin(proxy, { path: '/' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text.match(/(?:src|href)="[^"]*"/g)).toEqual([
      'href="data:,"',
      'href="/status.css"',
      'src="/status.js"',
    ]);
    expect(text).toMatch(/<html lang="en">.*<title>.*<h1>.*<main>/s);
    const script = (await askAdmin(proxy, { path: '/status.js' })).text;
    expect(script).not.toMatch(/innerHTML|https?:/);
  });
});
