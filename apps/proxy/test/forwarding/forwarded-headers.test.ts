import { describe, expect, it } from '@jest/globals';
import {
  forwardedHeaders,
  isForwardedName,
  parseTrustedProxies,
  plainAddress,
} from '../../src/forwarding/forwarded-headers.ts';

const claimed = { for: '1.1.1.1', proto: 'https', host: 'public.example' };
const facts = { clientAddress: '10.1.2.3', authority: 'here:8080', claimed };

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
  ])('claims %s for us', (name) => {
    expect(isForwardedName(name)).toBe(true);
  });

  it.each(['x-forwarded', 'via-x', 'x-for'])('leaves %s alone', (name) => {
    expect(isForwardedName(name)).toBe(false);
  });
});

describe('parseTrustedProxies', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['192.168.1.7', '192.168.1.7', true],
    ['192.168.1.7', '192.168.1.8', false],
    ['::1', '::1', true],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', '10.0.0.1', false],
    ['0.0.0.0/0', '8.8.8.8', true],
  ])('with %s, has %s: %s', (network, address, expected) => {
    expect(parseTrustedProxies([network]).has(address)).toBe(expected);
  });

  it('trusts nobody by default', () => {
    expect(parseTrustedProxies([]).has('127.0.0.1')).toBe(false);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/x',
    '::/129',
    '10.0.0.0/-1',
    '10.0/8',
    '10.0.0.0/8/9',
  ])('names %j, which is no network', (network) => {
    expect(() => parseTrustedProxies(['10.0.0.0/8', network])).toThrow(new RangeError(network));
  });
});

describe('forwardedHeaders', () => {
  it('overwrites what a client claims', () => {
    expect(forwardedHeaders(facts, parseTrustedProxies([]))).toEqual({
      'X-Forwarded-For': '10.1.2.3',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'here:8080',
    });
  });

  it('goes on from what a trusted proxy claims', () => {
    expect(forwardedHeaders(facts, parseTrustedProxies(['10.0.0.0/8']))).toEqual({
      'X-Forwarded-For': '1.1.1.1, 10.1.2.3',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'public.example',
    });
  });

  it.each(['', 'HTTPS://', 'javascript'])('reads the claimed scheme %j as http', (proto) => {
    const headers = forwardedHeaders(
      { ...facts, claimed: { ...claimed, proto } },
      parseTrustedProxies(['10.0.0.0/8']),
    );
    expect(headers['X-Forwarded-Proto']).toBe('http');
  });

  it('names no host when a request of HTTP/1.0 has none', () => {
    const bare = { clientAddress: '::1', authority: undefined, claimed: {} };
    expect(forwardedHeaders(bare, parseTrustedProxies([]))).toEqual({
      'X-Forwarded-For': '::1',
      'X-Forwarded-Proto': 'http',
    });
  });
});

describe('plainAddress', () => {
  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
    ['::1', '::1'],
  ])('reads %s as %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });
});
