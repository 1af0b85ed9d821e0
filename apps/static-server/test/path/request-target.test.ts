import { describe, expect, it } from '@jest/globals';
import { decodePath, fileSegments, parseRequestTarget } from '../../src/path/request-target.ts';

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
  ])('parses %j to the path %j and the query %j', (target, path, query) => {
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
  ])('refuses %j with 400', (target) => {
    expect(() => parseRequestTarget(target)).toThrow(
      expect.objectContaining({ code: 'STATIC_PATH_INVALID' }) as unknown as Error,
    );
  });
});

const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('decodePath', () => {
  it.each([
    ['/', [], true],
    ['//', [], true],
    ['/a', ['a'], false],
    ['/a/', ['a'], true],
    ['//a///b', ['a', 'b'], false],
    ['/a%20b', ['a b'], false],
    ['/a+b', ['a+b'], false],
    ['/f%C3%BCnke', ['fünke'], false],
    ['/100%25', ['100%'], false],
    ['/%252e%252e', ['%2e%2e'], false],
    ['/%252f', ['%2f'], false],
    ['/a..b/c...', ['a..b', 'c...'], false],
    ['/.well-known/security.txt', ['.well-known', 'security.txt'], false],
    ['/%2ewell-known/a', ['.well-known', 'a'], false],
    ['/a;b=c,d:e@f', ['a;b=c,d:e@f'], false],
  ])('decodes %j to the segments %j', (path, segments, isFolder) => {
    expect(decodePath(path)).toEqual({ segments, isFolder });
  });

  it.each([
    ['/caf%E9.txt', ['caf\udce9.txt']],
    ['/f%C3%BCnke/%e9', ['fünke', '\udce9']],
    ['/%c0%ae%c0%ae/secret.txt', ['\udcc0\udcae\udcc0\udcae', 'secret.txt']],
    ['/%c0%af', ['\udcc0\udcaf']],
    ['/%ff', ['\udcff']],
    ['/%ed%a0%80', ['\udced\udca0\udc80']],
  ])('keeps the bytes of %j that are not UTF-8', (path, segments) => {
    expect(decodePath(path)).toEqual({ segments, isFolder: false });
  });

  it.each(['/%', '/a%2', '/%zz', '/%u0041', '/a%', '/%-1', '/a\\b', '/..\\..\\secret.txt', '/\\'])(
    'refuses %j as malformed with 400',
    (path) => {
      expect(codeOf(() => decodePath(path))).toBe('STATIC_PATH_INVALID');
    },
  );

  it.each([
    '/..',
    '/../secret.txt',
    '/folder/../../secret.txt',
    '/folder/..',
    '/.',
    '/./index.html',
    '/%2e%2e/secret.txt',
    '/%2E%2E/secret.txt',
    '/.%2e/secret.txt',
    '/%2e./secret.txt',
    '/..%2fsecret.txt',
    '/..%2Fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/folder%2finner.txt',
    '/..%5csecret.txt',
    '/folder%5Cinner.txt',
    '/index.html%00',
    '/%00',
    '/index.html%00.txt',
    '/...',
    '/.../secret.txt',
    '/.env',
    '/%2eenv',
    '/.git/config',
    '/folder/.hidden',
    '/.well-known/.hidden',
    '/folder/.well-known/security.txt',
    '/.well-known/../.env',
    '/.well-known2/a',
    '/.WELL-KNOWN/security.txt',
    '//.env',
  ])('refuses %j with 404', (path) => {
    expect(codeOf(() => decodePath(path))).toBe('NOT_FOUND');
  });
});

describe('fileSegments', () => {
  it('adds index.html to a path with a slash at the end, and nothing to others', () => {
    expect(fileSegments(decodePath('/a/'))).toEqual(['a', 'index.html']);
    expect(fileSegments(decodePath('/a'))).toEqual(['a']);
  });
});
