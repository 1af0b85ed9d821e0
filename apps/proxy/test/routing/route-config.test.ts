import { describe, expect, it } from '@jest/globals';
import { parseRoute, parseRoutes, parseUpstreamUrl, routeProblems } from '../../src/routing/route-config.ts';

describe('parseRoute', () => {
  it.each([
    ['/=http://127.0.0.1:8082', '/', ['127.0.0.1:8082']],
    ['/api/=http://127.0.0.1:8081,http://[::1]:8083', '/api/', ['127.0.0.1:8081', '[::1]:8083']],
    ['/a/b/=http://x:1', '/a/b/', ['x:1']],
    ['/api/=http://x:1, http://y:1', '/api/', ['x:1', 'y:1']],
    ['/api/=http://x', '/api/', ['x']],
  ])('reads %s', (text, prefix, hosts) => {
    const route = parseRoute(text);
    expect(route.prefix).toBe(prefix);
    expect(route.upstreams.map(({ host }) => host)).toEqual(hosts);
  });

  it.each([
    '',
    '/',
    '/api/',
    'http://127.0.0.1:1',
    '=http://x:1',
    '/api=http://x:1',
    'api/=http://x:1',
    '/a b/=http://x:1',
  ])('explains the syntax of a route for %j', (text) => {
    expect(() => parseRoute(text)).toThrow(/^must be PREFIX=URL\[,URL…\] with a prefix that ends in a slash/);
  });

  it('refuses https upstreams', () => {
    expect(() => parseRoute('/=https://x:1')).toThrow(
      'must not name https://x:1: upstreams over https are not supported yet',
    );
  });

  it('names the upstream that occurs twice', () => {
    expect(() => parseRoute('/=http://x:1,http://X:1')).toThrow('must not name the upstream x:1 twice for /');
  });

  it.each([
    '',
    'x:1',
    'ftp://x:1',
    'http://',
    'http://x:1/path',
    'http://x:1?q',
    'http://me:pw@x:1',
    'http://x:99999',
    'nothing',
  ])('names the invalid upstream %j', (text) => {
    expect(() => parseUpstreamUrl(text)).toThrow(/^must name upstreams as http:\/\/address:port/);
  });
});

describe('parseRoutes', () => {
  it('gives the pools of similar prefixes different names', () => {
    const routes = parseRoutes([
      '/a/b/=http://x:1',
      '/a-b/=http://x:1',
      '/=http://x:1',
      '/static/=http://x:1',
    ]);
    expect(routes.map(({ pool }) => pool.name)).toEqual(['a-b', 'a-b-2', 'static', 'static-2']);
  });
});

describe('routeProblems', () => {
  it('finds no problem in valid routes', () => {
    expect(routeProblems(['/=http://x:1', '/api/=http://x:1'])).toEqual([]);
  });

  it('lists all problems, including a prefix that occurs twice', () => {
    expect(routeProblems(['x', '/=https://x', '/=http://x:1', '/=http://x:2'])).toEqual([
      expect.stringContaining('and is "x"'),
      expect.stringContaining('https'),
      'must not name the prefix / twice',
    ]);
  });
});
