import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { loadConfig } from '@tripod/shared/config/load-config';
import { type ProxySettings, parseProxyConfig, proxySettings } from '../../src/config.ts';

const load = (routes: unknown, flags: Partial<ProxySettings> = {}) =>
  parseProxyConfig(
    loadConfig(proxySettings, {
      flags,
      file: { name: '/etc/proxy.json', values: routes === undefined ? {} : { routes } },
      workingDir: '/',
    }),
  );

const problemsOf = (routes: unknown): readonly string[] => {
  try {
    load(routes);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ pointer, problem }) => `${pointer} ${problem}`);
  }
  return [];
};

const url = 'http://127.0.0.1:1';

describe('route objects', () => {
  it('equal the routes of flags when they have no other settings', () => {
    expect(load([{ prefix: '/a/', upstreams: [url, { url: 'http://[::1]:2' }] }]).routes).toEqual(
      load(undefined, { route: ['/a/=http://127.0.0.1:1,http://[::1]:2'] }).routes,
    );
  });

  it('have settings that flags do not have', () => {
    const [route] = load([
      {
        prefix: '/shop/',
        stripPrefix: false,
        pool: 'shop.1',
        upstreams: [{ url, weight: 3, maxInFlight: 20 }],
        policy: 'ip-hash',
        maxBodyBytes: 5,
        hostHeader: 'upstream',
        allowEncodedSlash: false,
      },
    ]).routes;
    expect(route).toEqual({
      prefix: '/shop/',
      stripPrefix: false,
      allowEncodedSlash: false,
      rewriteLocation: true,
      rewriteCookiePath: false,
      hostHeader: 'upstream',
      maxBodyBytes: 5,
      pool: {
        name: 'shop.1',
        policy: 'ip-hash',
        upstreams: [{ url: new URL(url), weight: 3, maxInFlight: 20 }],
      },
    });
  });

  it('have an exact path in place of a prefix', () => {
    const [route] = load([{ exact: '/set', upstreams: [url] }]).routes;
    expect(route).toMatchObject({ prefix: '/set', exact: true, stripPrefix: false, pool: { name: 'set' } });
  });

  it.each([
    [
      { exact: '/a/../b' },
      '#/routes/0/exact must be a path without dot segments, such as /enqueue, and is "/a/../b"',
    ],
    [{ exact: '/a', prefix: '/a/' }, '#/routes/0/exact must not stand beside a prefix'],
    [{ exact: '/a', stripPrefix: true }, '#/routes/0/stripPrefix must not stand beside an exact path'],
    [{}, '#/routes/0/prefix is missing'],
  ])('are refused for the path %j', (path, problem) => {
    expect(problemsOf([{ ...path, upstreams: [url] }])).toEqual([problem]);
  });

  it('accept a policy as an object with its options', () => {
    const policyOf = (policy: unknown) =>
      load([{ prefix: '/', upstreams: [url], policy }]).routes[0]?.pool.policy;
    expect(policyOf({ name: 'hash', key: 'header:X-User' })).toEqual({ name: 'hash', key: 'header:X-User' });
    expect(policyOf({ name: 'ip-hash' })).toEqual({ name: 'ip-hash' });
  });

  it.each([
    [
      { name: 'hash', key: 'colour' },
      '#/routes/0/policy/key must be path, host, header:NAME or cookie:NAME, and is "colour"',
    ],
    [{ name: 'ip-hash', key: 'path' }, '#/routes/0/policy/key is not a setting'],
    [{ key: 'path' }, '#/routes/0/policy/name is missing'],
  ])('are refused for the policy %j', (policy, problem) => {
    expect(problemsOf([{ prefix: '/', upstreams: [url], policy }])).toEqual([problem]);
  });

  it('are refused for port 0 and for more than 1,000 upstreams in a pool', () => {
    const many = Array.from({ length: 1001 }, (_, index) => `http://127.0.0.1:${index + 1}`);
    expect(problemsOf([{ prefix: '/', upstreams: ['http://127.0.0.1:0'] }])).toEqual([
      '#/routes/0/upstreams/0 must name a port from 1 to 65535, and names "http://127.0.0.1:0"',
    ]);
    expect(problemsOf([{ prefix: '/', upstreams: many }])[0]).toMatch(
      'must be a list of 1 to 1000 upstreams',
    );
    expect(() => load(undefined, { route: [`/=${many.join(',')}`] })).toThrow('at most 1000 upstreams');
  });

  it('share a pool with the same name, and otherwise have their own pools', () => {
    const { routes } = load([
      { prefix: '/a/b/', upstreams: [url] },
      { prefix: '/v2/', pool: 'a-b' },
      { prefix: '/v1/', pool: 'a-b', upstreams: [url] },
      { prefix: '/a-b/', upstreams: [url] },
    ]);
    expect(routes.map(({ pool }) => pool.name)).toEqual(['a-b-2', 'a-b', 'a-b', 'a-b-3']);
    expect(routes[1]?.pool).toBe(routes[2]?.pool);
  });

  it('are replaced by routes of flags', () => {
    const { routes } = load([{ prefix: '/a/', upstreams: [url] }], { route: [`/b/=${url}`] });
    expect(routes.map(({ prefix }) => prefix)).toEqual(['/b/']);
  });

  it('are refused with all problems at once, each with its pointer', () => {
    const problems = problemsOf([
      { prefix: '/a', upstreams: [] },
      { upstreams: [5, { weight: 0, url }, { maxInFlight: 1 }], policy: 'luck' },
      { prefix: '/b/', colour: 'red', hostHeader: 'both', pool: 'a b', maxBodyBytes: -1 },
      'x',
    ]);
    expect([...problems].sort()).toEqual([
      '#/routes/0/prefix must be a path that begins and ends with a slash, such as /api/, and is "/a"',
      '#/routes/0/upstreams must be a list of 1 to 1000 upstreams, and is []',
      '#/routes/1/policy must be one of round-robin, least-requests, random-two, peak-ewma, ip-hash, hash, and is "luck"',
      '#/routes/1/prefix is missing',
      '#/routes/1/upstreams/0 must be a text such as http://127.0.0.1:8081, or an object with a url, and is 5',
      '#/routes/1/upstreams/1/weight must be a whole number from 1 to 1000, and is 0',
      '#/routes/1/upstreams/2/url is missing',
      '#/routes/2/colour is not a setting',
      '#/routes/2/hostHeader must be client or upstream, and is "both"',
      '#/routes/2/maxBodyBytes must be a whole number from 0 to 1073741824, and is -1',
      '#/routes/2/pool must be a name of letters, digits, dots, dashes and underscores, and is "a b"',
      '#/routes/3 must be an object with a prefix and upstreams, and is "x"',
    ]);
  });

  it('are refused for conflicts between routes', () => {
    const problems = problemsOf([
      { prefix: '/', pool: 'a', upstreams: ['https://x', url, 'http://127.0.0.1:1/', { url }] },
      { prefix: '/', pool: 'a', upstreams: [{ url: 'http://x/y' }] },
      { prefix: '/c/', pool: 'unlisted' },
      { prefix: '/d/' },
      { prefix: '/e/', pool: 'a', policy: 'ip-hash' },
    ]);
    expect([...problems].sort()).toEqual([
      '#/routes/0/upstreams/0 must not name https://x: upstreams over https are not supported yet',
      '#/routes/0/upstreams/2 must not name 127.0.0.1:1 a second time; upstream 1 has it',
      '#/routes/0/upstreams/3/url must not name 127.0.0.1:1 a second time; upstream 1 has it',
      '#/routes/1/pool must differ from the pool of route 0, or the route must list no upstreams',
      '#/routes/1/prefix must differ from the prefix of route 0, and is "/"',
      expect.stringContaining('#/routes/1/upstreams/0/url must name upstreams as http://address:port'),
      '#/routes/2/upstreams is missing, and no other route gives its pool upstreams',
      '#/routes/3/upstreams is missing, and no other route gives its pool upstreams',
      '#/routes/4/policy must be in the route that lists the upstreams of the pool',
    ]);
  });

  it.each([[], {}, 'x', null])('are refused for %j', (routes) => {
    expect(problemsOf(routes)).toHaveLength(1);
  });
});

const fileOf = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

const loadText = (text: string) => {
  const values = JSON.parse(text) as Record<string, unknown>;
  return parseProxyConfig(
    loadConfig(proxySettings, { file: { name: '/proxy.json', values }, workingDir: '/' }),
  );
};

describe('config/proxy.json', () => {
  it('has the same routes and ports as the defaults', () => {
    const ofFile = loadText(fileOf('config/proxy.json'));
    const ofNothing = parseProxyConfig(loadConfig(proxySettings, { workingDir: '/' }));
    expect(ofFile.routes).toEqual(ofNothing.routes);
    expect(ofFile).toMatchObject({ port: ofNothing.port, adminPort: ofNothing.adminPort });
  });
});

describe('the config file that docs/reference/operations.md shows', () => {
  it('is valid', () => {
    const [, text = ''] = /```json\n(.*?)```/s.exec(fileOf('docs/reference/operations.md')) ?? [];
    expect(loadText(text).routes.map(({ prefix, pool }) => [prefix, pool.name])).toEqual([
      ['/api/', 'api'],
      ['/v2/', 'api'],
      ['/', 'static'],
    ]);
  });
});
