import { describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { normalizePath } from '../../src/routing/private-paths.ts';
import { createRouteTable, type Route, type Routing } from '../../src/routing/route-table.ts';
import { makeRoute, makeUpstream, poolOf } from '../support/make-pool.ts';

const privatePaths = ['/livez', '/readyz', '/metrics', '/healthz'];

const tableOf = (
  prefixes: readonly string[],
  closed: readonly string[] = privatePaths,
  route: Partial<Route> = {},
) =>
  createRouteTable(
    {
      privatePaths: closed.map(normalizePath),
      routes: prefixes.map((prefix, index) =>
        makeRoute({ ...route, prefix, pool: poolOf([makeUpstream(index + 1)], prefix) }),
      ),
    },
    'tripod-me',
  );

const usual = tableOf(['/', '/api/', '/api/v2/']);

const ask = (
  target: string,
  table = usual,
  method = 'GET',
  authority = 'here',
  via: string | undefined = undefined,
): Routing => table.route({ method, target, authority, via });

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'none';
};

describe('createRouteTable', () => {
  it.each([
    ['/', '/', '/'],
    ['/style.css', '/', '/style.css'],
    ['/api/', '/api/', '/'],
    ['/api/images.json', '/api/', '/images.json'],
    ['/api/images.json?indent=2&x=/api/', '/api/', '/images.json?indent=2&x=/api/'],
    ['/api/?indent=2', '/api/', '/?indent=2'],
    ['/api/v2/a', '/api/v2/', '/a'],
    ['/api/v2x', '/api/', '/v2x'],
    ['/apifoo', '/', '/apifoo'],
    ['/API/images.json', '/', '/API/images.json'],
    ['/%61pi/images.json', '/', '/%61pi/images.json'],
    ['/a//b', '/', '/a//b'],
    ['http://here/api/images.json', '/api/', '/images.json'],
  ])('sends %s to the route %s as %s', (target, prefix, forwarded) => {
    expect(ask(target)).toMatchObject({ kind: 'forward', route: { prefix }, target: forwarded });
  });

  it('prefers an exact path to every prefix and forwards it unchanged', () => {
    const route = (prefix: string, change: Partial<Route> = {}) =>
      makeRoute({ prefix, pool: poolOf([makeUpstream(1)], prefix), ...change });
    const exact = { exact: true, stripPrefix: false } as const;
    const routes = [
      route('/'),
      route('/api/'),
      route('/set', exact),
      route('/api', exact),
      route('/metrics', exact),
    ];
    const table = createRouteTable({ privatePaths, routes }, 'tripod-me');
    const found = (target: string) => {
      const routing = ask(target, table);
      return routing.kind === 'forward' ? [routing.route.prefix, routing.target] : routing.kind;
    };
    expect(found('/set')).toEqual(['/set', '/set']);
    expect(found('/set?key=a/b&value=%2f')).toEqual(['/set', '/set?key=a/b&value=%2f']);
    expect(found('/set/')).toEqual(['/', '/set/']);
    expect(found('/setting')).toEqual(['/', '/setting']);
    expect(found('/api')).toEqual(['/api', '/api']);
    expect(found('/api/set')).toEqual(['/api/', '/set']);
    expect(codeOf(() => ask('/metrics', table))).toBe('NOT_FOUND');
  });

  it('finds the longest prefix in any order of the routes', () => {
    const table = tableOf(['/a/', '/a/b/c/', '/', '/a/b/']);
    expect(ask('/a/b/c/x', table)).toMatchObject({ route: { prefix: '/a/b/c/' }, target: '/x' });
    expect(ask('/a/b/x', table)).toMatchObject({ route: { prefix: '/a/b/' } });
  });

  it.each([
    ['/api', '/api/'],
    ['/api?indent=2', '/api/?indent=2'],
    ['/api/v2', '/api/v2/'],
  ])('redirects %s, a route without its slash, to %s', (target, location) => {
    expect(ask(target)).toEqual({ kind: 'redirect', location, status: 308 });
  });

  it('answers 404 when no route matches', () => {
    expect(codeOf(() => ask('/', tableOf(['/api/'])))).toBe('NOT_FOUND');
  });

  it.each(['//', '/api//x', '/api//evil.example/', '/api/v2//x'])(
    'refuses %s, which would be the address of another server without its prefix',
    (target) => {
      expect(codeOf(() => ask(target))).toBe('PROXY_PATH_INVALID');
    },
  );

  it.each(['/api/../admin', '/api/%2e%2e/admin', '/a\\b', '/a#b', '/a%', 'http://other/', 'x', '*'])(
    'refuses %s',
    (target) => {
      expect(codeOf(() => ask(target))).toBe('PROXY_PATH_INVALID');
    },
  );

  it('answers OPTIONS * itself', () => {
    expect(ask('*', usual, 'OPTIONS')).toEqual({
      kind: 'options',
      allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
    });
  });

  it.each([
    ['CONNECT', 'here:80'],
    ['TRACE', '/'],
  ])('refuses %s with 405 and the allowed methods', (method, target) => {
    expect(() => ask(target, usual, method)).toThrow(
      expect.objectContaining({
        code: 'PROXY_METHOD_REFUSED',
        headers: { Allow: expect.stringContaining('GET, HEAD, POST') },
      }),
    );
  });

  it.each(['a b', 'a/b', 'me@a', ''])('refuses the Host %j', (host) => {
    expect(codeOf(() => ask('/', usual, 'GET', host))).toBe('REQUEST_INVALID');
  });
});

describe('loops in route table', () => {
  it.each([
    [undefined],
    ['1.1 edge, 2 cdn'],
    ['1.1 tripod-me'],
    ['1.1 tripod-other, 1.1 tripod-other, 1.1 tripod-other, 1.1 tripod-me'],
  ])('forwards a request with the Via %j', (via) => {
    expect(ask('/', usual, 'GET', 'here', via).kind).toBe('forward');
  });

  it.each(['1.1 tripod-me, 1.1 tripod-me', '1.1 tripod-me, 1.1 edge, 1.0 tripod-me, 1.1 b'])(
    'refuses a request that has passed this proxy twice, with the Via %j',
    (via) => {
      expect(codeOf(() => ask('/', usual, 'GET', 'here', via))).toBe('PROXY_LOOP');
    },
  );
});

describe('encoded slashes in route table', () => {
  const table = tableOf(['/', '/api/']);
  const strict = tableOf(['/', '/api/'], privatePaths, { allowEncodedSlash: false });

  it.each(['/a%2fb', '/a%2Fb', '/api/x%2F', '/api/a%2f%2fb'])(
    'refuses %s on a route with allowEncodedSlash false',
    (target) => {
      expect(codeOf(() => ask(target, strict))).toBe('PROXY_PATH_INVALID');
    },
  );

  it.each([
    ['/@scope%2fname', '/@scope%2fname'],
    ['/api/a%2Fb?c=%2f', '/a%2Fb?c=%2f'],
  ])('forwards %s unchanged by default', (target, forwarded) => {
    expect(ask(target, table)).toMatchObject({ kind: 'forward', target: forwarded });
  });

  it.each([
    ['leads to another route when it is decoded', '/api%2fx'],
    ['begins with two slashes when it is decoded', '/%2fevil.example/'],
    ['begins with two slashes behind its prefix when it is decoded', '/api/%2fevil.example/'],
    ['holds a dot segment when it is decoded', '/a%2f..%2fb'],
    ['holds an encoded dot segment when it is decoded', '/a%2f%2e%2e%2fb'],
    ['holds an encoded backslash', '/a%5cb'],
  ])('refuses a path that %s', (_what, target) => {
    expect(codeOf(() => ask(target, table))).toBe('PROXY_PATH_INVALID');
  });

  it.each(['/x%2f..;/livez', '/livez%2f', '/api/livez%2F', '/;a%2flivez'])(
    'never forwards %s, which could be read as a private path',
    (target) => {
      expect(codeOf(() => ask(target, table))).toMatch(/^(NOT_FOUND|PROXY_PATH_INVALID)$/);
    },
  );
});

describe('route table replacement', () => {
  it('applies to the next request, and increments the version', () => {
    const table = tableOf(['/']);
    const next = tableOf(['/new/'], ['/secret']);
    expect(table.version).toBe(1);
    table.replace({ routes: next.routes, privatePaths: ['/secret'] });
    expect(table.version).toBe(2);
    expect(table.pools).toEqual(next.pools);
    expect(ask('/new/x', table)).toMatchObject({ route: { prefix: '/new/' }, target: '/x' });
    expect(ask('/new/livez', table).kind).toBe('forward');
    expect(codeOf(() => ask('/new/secret', table))).toBe('NOT_FOUND');
    expect(codeOf(() => ask('/x', table))).toBe('NOT_FOUND');
  });
});

describe('private paths', () => {
  it.each(
    privatePaths.flatMap((path) => [
      path,
      path.toUpperCase(),
      `${path}/`,
      `${path}//`,
      `${path}?x=1`,
      `${path}/?x`,
      path.replace('z', '%7a').replace('m', '%6D'),
      `/%${path.charCodeAt(1).toString(16)}${path.slice(2).toUpperCase()}/`,
      // Servlet containers remove parameters.
      `${path};x=1`,
      `${path};/`,
      `/;a=b${path}`,
      `${path}%3bx`,
      // Windows removes dots and blanks at the end of a name, and reads `::$DATA` as the file itself.
      `${path}.`,
      `${path}...`,
      `${path}%20`,
      `${path}%2e%20`,
      `${path}::$DATA`,
      // Doubled slashes are merged, line ends and tabs are dropped, NUL ends a string, and some decode twice.
      `${path}%09`,
      `${path.slice(0, 3)}%0a${path.slice(3)}`,
      `${path}%23x`,
      `${path}%3fx`,
      `${path.slice(0, 2)}%25${path.charCodeAt(2).toString(16)}${path.slice(3)}`,
      `/%20${path.slice(1)}`,
      `${path}%2520`,
      `/x/%2e%2e%3b${path}`,
      // An ASCII character in two bytes.
      `/%c1%${(path.charCodeAt(1) - 0x40 + 0x80).toString(16)}${path.slice(2)}`,
      `${path}%c0%80.html`,
      // Fullwidth letters (best-fit mappings).
      `/%ef%bd%${(path.charCodeAt(1) - 0x61 + 0x81).toString(16)}${path.slice(2)}`,
    ]),
  )('answers 404 to %s on every route', (path) => {
    for (const prefix of ['', '/api', '/api/v2']) {
      expect(codeOf(() => ask(`${prefix}${path}`))).toBe('NOT_FOUND');
    }
    expect(codeOf(() => ask(`http://here${path}`))).toBe('NOT_FOUND');
  });

  it.each([
    '/livezz',
    '/a/livez',
    '/livez.html',
    '/metrics/x',
    '/live%20z',
    '/x;/livez',
    '/metricss;metrics',
  ])('do not include %s', (path) => {
    expect(ask(path).kind).toBe('forward');
  });

  it.each(['/Secret', '/secret/', '/%73ecret'])('include a path that is written %s in the flag', (closed) => {
    expect(codeOf(() => ask('/secret', tableOf(['/'], [closed])))).toBe('NOT_FOUND');
  });

  it('are forwarded when the list is empty', () => {
    expect(ask('/livez', tableOf(['/'], [])).kind).toBe('forward');
  });
});
