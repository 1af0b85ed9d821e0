import { describe, expect, it } from '@jest/globals';
import { connectFailureOf, isConnectFailure } from '../../src/forwarding/connect-failure.ts';

const errorWith = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

describe('connectFailureOf', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENOTFOUND', 'refused'],
    ['ETIMEDOUT', 'connect-timeout'],
    ['EMFILE', 'shortage'],
    ['ENFILE', 'shortage'],
    ['EADDRNOTAVAIL', 'shortage'],
  ])('reads the error %s as %s', (code, failure) => {
    expect(connectFailureOf(errorWith(code))).toBe(failure);
    expect(isConnectFailure(connectFailureOf(errorWith(code)))).toBe(true);
  });

  it('reads a connection that closed without an error as refused', () => {
    expect(connectFailureOf(undefined)).toBe('refused');
  });
});
