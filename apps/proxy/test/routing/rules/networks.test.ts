import { describe, expect, it } from '@jest/globals';
import { parseNetworks, plainAddress } from '../../../src/routing/rules/networks.ts';

describe('parseNetworks', () => {
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
    expect(parseNetworks([network]).has(address)).toBe(expected);
  });

  it('has no address when the list is empty', () => {
    expect(parseNetworks([]).has('127.0.0.1')).toBe(false);
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
  ])('throws an error that names the invalid network %j', (network) => {
    expect(() => parseNetworks(['10.0.0.0/8', network])).toThrow(new RangeError(network));
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
