import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isImageUrl } from '../../src/images/image-url.ts';

describe('isImageUrl', () => {
  it.each([
    'https://images.example/a.jpg',
    'http://images.example',
    'HTTPS://IMAGES.EXAMPLE/A.JPG',
    'https://images.example:8443/a?b=c&d=%20#e',
    'http://127.0.0.1:8082/a.png',
    'http://[::1]:8082/a.png',
    'https://bilder.example/käse.png',
    '/images/fox.svg',
    '/images/fox.svg?size=2#eyes',
    '/',
    '/a:b@c',
  ])('accepts %s', (url) => {
    expect(isImageUrl(url)).toBe(true);
  });

  it.each([
    '',
    'images/fox.svg',
    './fox.svg',
    '//evil.example/a.png',
    '//site.invalid/a.png',
    '///evil.example/a.png',
    '/\\evil.example/a.png',
    '\\\\evil.example',
    'http:\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'blob:https://x.example/1',
    'file:///etc/passwd',
    'ftp://x.example/a',
    'ws://x.example',
    'https:x.example',
    'https:/x.example',
    'https:///x.example',
    'https://',
    'https://?x',
    'https://#x',
    'https://user:pass@x.example/a',
    'https://user@x.example/a',
    'https://@x.example/a',
    'https://x.example@evil.example/',
    'https://x example/',
    'https://x.example/a b',
    ' https://x.example/',
    'https://x.example/\u00a0',
    'https://x.example:99999/',
    'https://[::1',
    'https://%00/',
    'http',
    'http:',
  ])('refuses %j', (url) => {
    expect(isImageUrl(url)).toBe(false);
  });

  it('accepts nothing that a page would load from elsewhere than http, https or its own site', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      ':',
      '@',
      '.',
      '?',
      '#',
      'http',
      'https',
      'javascript',
      'data',
      'x',
      '\t',
      ' ',
      '%2f',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const url = pieces.join('');
        if (!isImageUrl(url)) return true;
        const { protocol, host, username, password } = new URL(url, 'http://site.invalid/gallery/');
        const onSite = host === 'site.invalid';
        return (
          ['http:', 'https:'].includes(protocol) &&
          username + password === '' &&
          onSite === url.startsWith('/')
        );
      }),
      { numRuns: 5000 },
    );
  });
});
