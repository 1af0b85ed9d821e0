import { describe, expect, it } from '@jest/globals';
import { parseRequestTarget } from '../src/request-target.ts';

describe('parseRequestTarget', () => {
  it.each([
    ['/', '/', ''],
    ['/a/b.txt', '/a/b.txt', ''],
    ['/a%20b?c=d', '/a%20b', '?c=d'],
    ['/a?b?c', '/a', '?b?c'],
    ['/a?', '/a', '?'],
    ['//evil.example/a', '//evil.example/a', ''],
    ['/http://x/a', '/http://x/a', ''],
    ['/a?b=\\', '/a', '?b=\\'],
    ['http://evil.example/a?b', '/a', '?b'],
    ['https://evil.example:8443/a', '/a', ''],
    ['HTTP://EVIL.EXAMPLE/a', '/a', ''],
    ['http://user:secret@evil.example/a', '/a', ''],
    ['http://[::1]:8082/a', '/a', ''],
    ['http://evil.example', '/', ''],
    ['http://evil.example?a', '/', '?a'],
    ['http://evil.example//other.example/a', '//other.example/a', ''],
  ])('reads %j as path %j and query %j', (target, path, query) => {
    expect(parseRequestTarget(target)).toEqual({ path, query });
  });

  it.each([
    '',
    '*',
    'a',
    '?a',
    'ftp://x/a',
    'http:a',
    'http:///a',
    'http://x\\@y/a',
    'x:80',
    '/a#b',
    '/a b',
    '/a\0',
    '/\xfc',
  ])('refuses %j', (target) => {
    expect(() => parseRequestTarget(target)).toThrow(
      expect.objectContaining({ code: 'STATIC_PATH_INVALID' }) as unknown as Error,
    );
  });
});
