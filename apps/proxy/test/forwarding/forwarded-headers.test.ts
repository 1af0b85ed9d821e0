import { describe, expect, it } from '@jest/globals';
import {
  addClaim,
  clientAddressOf,
  type ForwardedClaims,
  forwardedHeaders,
  isForwardedName,
} from '../../src/forwarding/forwarded-headers.ts';
import { parseNetworks } from '../../src/routing/rules/networks.ts';

const claims: ForwardedClaims = { for: '1.1.1.1', proto: 'https', host: 'public.example' };
const facts = { connectionAddress: '10.1.2.3', authority: 'here:8080', scheme: 'http' as const, claims };
const tens = parseNetworks(['10.0.0.0/8']);

describe('isForwardedName', () => {
  it.each([
    'x-forwarded-for',
    'x_forwarded_for',
    'x-forwarded_for',
    'x-forwarded-proto',
    'x-forwarded-host',
    'x-forwarded-port',
    'forwarded',
    'x-real-ip',
    'x_real_ip',
    'x-forwarded-prefix',
    'x-forwarded-user',
    'x_forwarded_anything',
  ])('recognizes %s as one of the forwarded headers', (name) => {
    expect(isForwardedName(name)).toBe(true);
  });

  it.each(['x-forwarded', 'via-x', 'x-for'])('does not recognize %s as one', (name) => {
    expect(isForwardedName(name)).toBe(false);
  });
});

describe('forwardedHeaders', () => {
  it('replaces the forwarded headers of a client', () => {
    expect(forwardedHeaders(facts, parseNetworks([]))).toEqual({
      'X-Forwarded-For': '10.1.2.3',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'here:8080',
    });
  });

  it('continues the forwarded headers of a trusted proxy', () => {
    expect(forwardedHeaders(facts, tens)).toEqual({
      'X-Forwarded-For': '1.1.1.1, 10.1.2.3',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'public.example',
    });
  });

  it.each(['', 'HTTPS://', 'javascript'])('reads the scheme %j of a trusted proxy as http', (proto) => {
    const headers = forwardedHeaders({ ...facts, claims: { ...claims, proto } }, tens);
    expect(headers['X-Forwarded-Proto']).toBe('http');
  });

  it('writes no X-Forwarded-Host for a request of HTTP/1.0 without a Host', () => {
    const bare = { connectionAddress: '::1', authority: undefined, scheme: 'http' as const, claims: {} };
    expect(forwardedHeaders(bare, parseNetworks([]))).toEqual({
      'X-Forwarded-For': '::1',
      'X-Forwarded-Proto': 'http',
    });
  });
});

describe('the client behind trusted proxies', () => {
  const cases: readonly (readonly [what: string, claims: ForwardedClaims, client: string, sent: object])[] = [
    [
      'one trusted hop',
      { for: '203.0.113.9' },
      '203.0.113.9',
      { for: '203.0.113.9, 10.1.2.3', proto: 'http' },
    ],
    [
      'several trusted hops',
      { for: '203.0.113.9, 10.9.9.9,10.8.8.8' },
      '203.0.113.9',
      { for: '203.0.113.9, 10.9.9.9, 10.8.8.8, 10.1.2.3', proto: 'http' },
    ],
    [
      'an address that the client invented',
      { for: '127.0.0.1, 203.0.113.9' },
      '203.0.113.9',
      { for: '203.0.113.9, 10.1.2.3', proto: 'http' },
    ],
    [
      'an element that is no address',
      { for: 'unknown, 10.9.9.9' },
      '10.9.9.9',
      { for: '10.9.9.9, 10.1.2.3', proto: 'http' },
    ],
    ['no list at all', {}, '10.1.2.3', { for: '10.1.2.3', proto: 'http' }],
    ['trusted proxies only', { for: '10.7.7.7' }, '10.7.7.7', { for: '10.7.7.7, 10.1.2.3', proto: 'http' }],
    [
      'addresses with ports',
      { for: '[2001:db8::1]:4711, 10.9.9.9:80' },
      '2001:db8::1',
      { for: '2001:db8::1, 10.9.9.9, 10.1.2.3', proto: 'http' },
    ],
    [
      "a list of schemes, of which the left ones are the client's own",
      { for: '203.0.113.9', proto: 'https, http' },
      '203.0.113.9',
      { for: '203.0.113.9, 10.1.2.3', proto: 'http' },
    ],
    [
      'a list of schemes with one for each hop',
      { for: '203.0.113.9, 10.9.9.9', proto: 'https, http' },
      '203.0.113.9',
      { for: '203.0.113.9, 10.9.9.9, 10.1.2.3', proto: 'https' },
    ],
    [
      'one scheme for several hops',
      { for: '203.0.113.9, 10.9.9.9', proto: 'https' },
      '203.0.113.9',
      { for: '203.0.113.9, 10.9.9.9, 10.1.2.3', proto: 'https' },
    ],
    [
      'Forwarded instead of X-Forwarded-For (RFC 7239)',
      { forwarded: 'for=192.0.2.1, for="[2001:db8::1]:80";proto=https;host=a.example' },
      '2001:db8::1',
      { for: '2001:db8::1, 10.1.2.3', proto: 'https', host: 'a.example' },
    ],
  ];

  it.each(cases)('is found from %s', (_what, claims, client, sent) => {
    expect(clientAddressOf('10.1.2.3', claims, tens)).toBe(client);
    const headers = forwardedHeaders(
      { connectionAddress: '10.1.2.3', authority: undefined, scheme: 'http' as const, claims },
      tens,
    );
    expect({
      for: headers['X-Forwarded-For'],
      proto: headers['X-Forwarded-Proto'],
      ...('host' in sent ? { host: headers['X-Forwarded-Host'] } : {}),
    }).toEqual(sent);
  });

  it('is the connection itself when that is not trusted', () => {
    expect(clientAddressOf('::ffff:192.0.2.7', { for: '203.0.113.9' }, tens)).toBe('192.0.2.7');
  });

  it('may send other headers of the family through a trusted proxy, but not in another spelling', () => {
    let claims: ForwardedClaims = {};
    for (const [name, value] of [
      ['x-forwarded-prefix', '/shop'],
      ['x_forwarded_prefix', '/evil'],
      ['x-real-ip', '1.2.3.4'],
    ] as const)
      claims = addClaim(claims, name, value);
    const of = (connectionAddress: string) =>
      forwardedHeaders({ connectionAddress, authority: undefined, scheme: 'http' as const, claims }, tens);
    expect(of('10.1.2.3')).toEqual({
      'X-Forwarded-For': '10.1.2.3',
      'X-Forwarded-Proto': 'http',
      'x-forwarded-prefix': '/shop',
    });
    expect(Object.keys(of('192.0.2.7'))).toEqual(['X-Forwarded-For', 'X-Forwarded-Proto']);
  });
});
