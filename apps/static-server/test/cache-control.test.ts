import { describe, expect, it } from '@jest/globals';
import { cacheControlProblems, createCacheControl, defaultCacheControlOf } from '../src/cache-control.ts';

describe('defaultCacheControlOf', () => {
  it.each([
    'app.3f2a9c1b.js',
    'app-3f2a9c1b.js',
    'app.3f2a9c1b.js.map',
    'picture.0123456789abcdef0123456789abcdef.webp',
    '3f2a9c1b.3f2a9c1b.css',
  ])('keeps %s for ever', (name) => {
    expect(defaultCacheControlOf(name)).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    'index.html',
    'app.js',
    'app.min.js',
    'app.3f2a9c1.js',
    'app.3F2A9C1B.js',
    'app.3f2a9c1g.js',
    'app_3f2a9c1b.js',
    '3f2a9c1b.js',
    'app.3f2a9c1b',
    'photo-20261121.jpg',
    'photo.20261121.jpg',
    'a.deadbeef.js',
    'jquery-3.7.1.min.js',
    'hanken-grotesk-latin-wght-normal.woff2',
  ])('asks again for %s', (name) => {
    expect(defaultCacheControlOf(name)).toBe('no-cache');
  });
});

describe('createCacheControl', () => {
  const rules = ['*.css=max-age=60', '/images/*=max-age=120, public', '/fonts/**=immutable', '*=no-store'];

  it.each([
    ['style.css', 'max-age=60'],
    ['deep/er/style.css', 'max-age=60'],
    ['images/style.css', 'max-age=60'],
    ['images/a.png', 'max-age=120, public'],
    ['images/deep/a.png', 'no-store'],
    ['fonts/deep/a.woff2', 'immutable'],
    ['style.css.map', 'no-store'],
    ['app.3f2a9c1b.js', 'no-store'],
  ])('gives %s the value of the first pattern that fits: %s', (path, value) => {
    expect(createCacheControl(rules)(path.split('/'))).toBe(value);
  });

  it.each([
    ['a.css=x', 'aXcss'],
    ['[ab].css=x', 'a.css'],
    ['/a=x', 'a/b'],
    ['/*=x', 'a/b'],
    ['a*=x', 'ba'],
  ])('takes the pattern of %s literally but for its stars: it does not fit %s', (rule, path) => {
    expect(createCacheControl([rule])(path.split('/'))).toBe('no-cache');
  });
});

describe('cacheControlProblems', () => {
  it.each([
    '',
    '*.css',
    '=no-store',
    '*.css=',
    'a b=no-store',
    '*.css=a\r\nSet-Cookie: b',
    '*.css= a',
    '*.css=ü',
  ])('refuses %j', (rule) => {
    expect(cacheControlProblems(['*=no-store', rule])).toEqual([
      expect.stringContaining('must be PATTERN=VALUE, such as *.css=max-age=3600') as unknown as string,
    ]);
  });
});
