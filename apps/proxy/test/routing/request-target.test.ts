import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTarget, isAuthority, TargetError, toOriginForm } from '../../src/routing/request-target.ts';

describe('checkTarget', () => {
  it.each([
    '/',
    '/images.json',
    '/a/b/c.html?x=1&y=%2F',
    '/a.b/..c/...',
    '/.well-known/x',
    '/a%20b',
    '/%e2%82%ac',
    '/a//b',
    '/a?next=//evil/../x\\y',
    '/a?100%',
    '/~user/-_.!*()\'"<>{}|^`',
  ])('accepts %s', (target) => {
    expect(() => checkTarget(target)).not.toThrow();
  });

  it.each([
    ['a dot segment', '/a/../b'],
    ['a dot segment at the end', '/a/..'],
    ['a single dot', '/./a'],
    ['a single dot at the end', '/a/.'],
    ['encoded dots', '/%2e%2e/a'],
    ['encoded dots in capitals', '/%2E%2E/a'],
    ['dots of both kinds', '/.%2e/a'],
    ['dots of both kinds, the other way', '/a/%2e./b'],
    ['one encoded dot', '/%2e/a'],
    ['a dot segment with parameters', '/a/..;x/b'],
    ['an encoded backslash', '/a%5cb'],
    ['an encoded NUL', '/a%00'],
    ['a backslash', '/a\\b'],
    ['two slashes in front', '//evil.example/'],
    ['a fragment', '/a#b'],
    ['a fragment behind the query', '/a?b#c'],
    ['half a percent-encoding', '/a%2'],
    ['a percent sign alone', '/a%'],
    ['letters that are not hexadecimal', '/a%zz'],
    ['a space', '/a b'],
    ['a tab', '/a\tb'],
    ['a byte above ASCII', '/ä'],
    ['a control character', '/a\u0001'],
    ['DEL', '/a\u007f'],
  ])('refuses %s', (_what, target) => {
    expect(() => checkTarget(target)).toThrow(TargetError);
  });

  it('accepts no path that the URL parser would change', () => {
    const piece = fc.constantFrom(
      'a',
      '/',
      '.',
      '..',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '\\',
      '%00',
      ';',
      '%',
      '?',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const target = `/${pieces.join('')}`;
        try {
          checkTarget(target);
        } catch {
          return;
        }
        const url = new URL(target, 'http://here.example');
        expect(url.host).toBe('here.example');
        expect(url.pathname).toBe(target.split('?')[0]);
        // Escapes such as %aa are no UTF-8 and stay unchanged; only the dots matter here.
        expect(url.pathname.replace(/%2e/gi, '.').split('/')).not.toContain('..');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('toOriginForm', () => {
  it.each([
    ['/a?b', 'x', '/a?b'],
    ['http://x/a?b', 'x', '/a?b'],
    ['HTTP://X:80/a', 'x:80', '/a'],
    ['http://x', 'x', '/'],
    ['http://x?q', 'x', '/?q'],
    ['http://[::1]:8080/a', '[::1]:8080', '/a'],
  ])('reads %s for %s as %s', (target, authority, expected) => {
    expect(toOriginForm(target, authority)).toBe(expected);
  });

  it.each([
    ['another host', 'http://evil/a', 'x'],
    ['another port', 'http://x:81/a', 'x'],
    ['credentials', 'http://x@evil/a', 'x'],
    ['credentials before the right host', 'http://me@x/a', 'x'],
    ['another scheme', 'https://x/a', 'x'],
    ['no scheme', 'x/a', 'x'],
    ['an authority alone', 'x:80', 'x:80'],
    ['an asterisk', '*', 'x'],
    ['a backslash for the slash', 'http://x\\a', 'x'],
  ])('refuses %s', (_what, target, authority) => {
    expect(() => toOriginForm(target, authority)).toThrow(TargetError);
  });
});

describe('isAuthority', () => {
  it.each(['localhost', 'localhost:8080', '127.0.0.1:80', '[::1]', '[::1]:8080', 'a-b.example', 'my_copy:1'])(
    'accepts %s',
    (host) => {
      expect(isAuthority(host)).toBe(true);
    },
  );

  it.each([
    '',
    'a b',
    'a/b',
    'a?b',
    'a#b',
    'me@a',
    'a:b',
    'a:',
    'a,b',
    '::1',
    '[::1',
    'a\\b',
    'a:123456',
    '-a',
  ])('refuses %j', (host) => {
    expect(isAuthority(host)).toBe(false);
  });
});
