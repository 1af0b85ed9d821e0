import { describe, expect, it } from '@jest/globals';
import { rewriteCookiePath, rewriteLocation } from '../../src/forwarding/rewrite-location.ts';
import type { Route } from '../../src/routing/route-table.ts';
import { makeRoute, makeUpstream } from '../support/make-pool.ts';

const upstream = makeUpstream(8081);
const rewrite = (location: string, route: Partial<Route> = {}): string =>
  rewriteLocation(location, makeRoute({ prefix: '/gallery/', ...route }), upstream);

describe('rewriteLocation', () => {
  it.each([
    ['/', '/gallery/'],
    ['/pics/?x=1#top', '/gallery/pics/?x=1#top'],
    ['http://127.0.0.1:8081', '/gallery/'],
    ['http://127.0.0.1:8081/pics', '/gallery/pics'],
    ['HTTP://127.0.0.1:8081?x=1', '/gallery/?x=1'],
    ['//127.0.0.1:8081/pics', '/gallery/pics'],
  ])('leads %s through a route that removes its prefix', (location, rewritten) => {
    expect(rewrite(location)).toBe(rewritten);
  });

  it.each([
    '/gallery/pics/',
    'pics/',
    '../pics/',
    '?x=1',
    'http://127.0.0.1:80811/pics',
    'http://127.0.0.1:8081.evil.example/',
    'https://127.0.0.1:8081/',
    'http://elsewhere.example/pics',
    '//evil.example/',
    'http://127.0.0.1:8081//evil.example/',
    '',
  ])('leaves %j as it is', (location) => {
    expect(rewrite(location)).toBe(location);
  });

  it('adds no prefix on a route that keeps it', () => {
    expect(rewrite('/pics/', { stripPrefix: false })).toBe('/pics/');
    expect(rewrite('http://127.0.0.1:8081/pics/', { stripPrefix: false })).toBe('/pics/');
  });

  it('recognizes an upstream at port 80 without its port', () => {
    expect(rewriteLocation('http://127.0.0.1/a', makeRoute(), makeUpstream(80))).toBe('/a');
  });

  it('changes nothing on a route with rewriteLocation false', () => {
    for (const location of ['/pics/', 'http://127.0.0.1:8081/pics/'])
      expect(rewrite(location, { rewriteLocation: false })).toBe(location);
  });
});

describe('rewriteCookiePath', () => {
  const route = makeRoute({ prefix: '/gallery/', rewriteCookiePath: true });

  it.each([
    ['sid=1; Path=/', 'sid=1; Path=/gallery/'],
    ['sid=1; HttpOnly;path = /pics; Secure', 'sid=1; HttpOnly;path = /gallery/pics; Secure'],
    ['sid=1; Path=/gallery/pics', 'sid=1; Path=/gallery/pics'],
    ['path=/; Secure', 'path=/; Secure'],
    ['sid=1; Path=relative', 'sid=1; Path=relative'],
    ['sid=1', 'sid=1'],
  ])('sends %s as %s', (cookie, rewritten) => {
    expect(rewriteCookiePath(cookie, route)).toBe(rewritten);
  });

  it('changes nothing by default, and on a route that keeps its prefix', () => {
    for (const options of [{ rewriteCookiePath: false }, { rewriteCookiePath: true, stripPrefix: false }])
      expect(rewriteCookiePath('sid=1; Path=/', makeRoute({ prefix: '/gallery/', ...options }))).toBe(
        'sid=1; Path=/',
      );
  });
});
