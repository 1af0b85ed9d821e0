import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHostIndex } from '../../src/routing/host-index.ts';
import type { RouteMatch } from '../../src/routing/route-config.ts';

const label = fc.constantFrom('a', 'b', 'shop');
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => [...labels, 'org'].join('.'));
const anyRoute: fc.Arbitrary<RouteMatch> = fc
  .record({
    host: fc.option(
      fc.tuple(fc.boolean(), name).map(([wild, one]) => (wild ? `*.${one}` : one)),
      { nil: undefined },
    ),
    prefix: fc.constantFrom('/', '/api/', '/api/v2/'),
    exact: fc.boolean(),
  })
  .map(({ host, prefix, exact }) => ({
    ...(host === undefined ? {} : { host }),
    prefix,
    ...(exact ? { exact: true as const } : {}),
  }));

const serves = ({ host }: RouteMatch, asked: string): boolean =>
  host === undefined || host === asked || (host.startsWith('*.') && asked.endsWith(host.slice(1)));

describe('createHostIndex', () => {
  it('returns exactly the routes that serve a name, for any routes and name', () => {
    fc.assert(
      fc.property(fc.array(anyRoute, { maxLength: 8 }), name, (routes, asked) => {
        const found = createHostIndex(routes)(asked);
        expect(new Set(found)).toEqual(new Set(routes.filter((route) => serves(route, asked))));
      }),
    );
  });

  it('orders a name before wildcards, a longer wildcard before a shorter one, and routes without a host last', () => {
    const routes: readonly RouteMatch[] = [
      { prefix: '/long/prefix/' },
      { host: '*.org', prefix: '/' },
      { host: '*.shop.org', prefix: '/' },
      { host: 'eu.shop.org', prefix: '/' },
      { host: 'eu.shop.org', prefix: '/api/' },
      { host: 'eu.shop.org', prefix: '/', exact: true },
    ];
    expect(createHostIndex(routes)('EU.shop.org.:8080')).toEqual([
      { host: 'eu.shop.org', prefix: '/', exact: true },
      { host: 'eu.shop.org', prefix: '/api/' },
      { host: 'eu.shop.org', prefix: '/' },
      { host: '*.shop.org', prefix: '/' },
      { host: '*.org', prefix: '/' },
      { prefix: '/long/prefix/' },
    ]);
  });

  it('gives requests without a Host only the routes without a host', () => {
    const everyHost = { prefix: '/' };
    expect(createHostIndex([{ host: 'a.org', prefix: '/' }, everyHost])(undefined)).toEqual([everyHost]);
  });
});
