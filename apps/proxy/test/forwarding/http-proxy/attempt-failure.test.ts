import { describe, expect, it } from '@jest/globals';
import { failureOf } from '../../../src/forwarding/http-proxy/attempt-failure.ts';

const errorOf = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });

describe('failureOf', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ECONNRESET', 'refused'],
    ['ETIMEDOUT', 'connect-timeout'],
  ])('reads %s before there is a connection as %s', (code, failure) => {
    expect(failureOf(errorOf(code), false)).toBe(failure);
  });

  it.each([
    ['ECONNRESET', 'broke'],
    ['EPIPE', 'broke'],
    ['ETIMEDOUT', 'broke'],
    ['HPE_INVALID_CONSTANT', 'invalid-head'],
    ['HPE_HEADER_OVERFLOW', 'invalid-head'],
  ])('reads %s on a connection as %s', (code, failure) => {
    expect(failureOf(errorOf(code), true)).toBe(failure);
  });
});
