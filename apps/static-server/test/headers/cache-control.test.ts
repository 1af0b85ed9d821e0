import { describe, expect, it } from '@jest/globals';
import {
  cacheControlProblems,
  createCacheControl,
  defaultCacheControl,
} from '../../src/headers/cache-control.ts';

describe('defaultCacheControl', () => {
  it.each([
    'assets/app.3f2a9c1b.js',
    'assets/app-3f2a9c1b.js',
    'assets/app.3f2a9c1b.js.map',
    'assets/app.3F2A9C1B.js',
    'assets/index-B5xKq_9z.css',
    'assets/app.3f2a9c1g.js',
    'static/js/main.0123456789abcdef0123456789abcdef.js',
    '_next/static/chunks/4bd1b696-182b6b13bdad92e3.js',
    'shop/assets/3f2a9c1b.3f2a9c1b.css',
  ])('is immutable for %s, which a bundler named after its content', (path) => {
    expect(defaultCacheControl(path.split('/'))).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    'index.html',
    'assets/index.html',
    'assets/app.js',
    'assets/app.min.js',
    'assets/app.3f2a9c1.js',
    'assets/app_3f2a9c1b.js',
    'assets/3f2a9c1b.js',
    'assets/app.3f2a9c1b',
    'assets/photo-20261121.jpg',
    'assets/photo.20261121.jpg',
    'assets/photo-20261121T101500Z.jpg',
    'assets/photo-20261121T1015.jpg',
    'assets/a.deadbeef.js',
    'assets/a.background.js',
    'assets/jquery-3.7.1.min.js',
    'assets/hanken-grotesk-latin-wght-normal.woff2',
    'assets/3fa85f64-5717-4562-b3fc-2c963f66afa6.jpg',
    'assets/user-3FA85F64-5717-4562-B3FC-2C963F66AFA6.jpg',
  ])('revalidates %s, whose name holds no hash of its content', (path) => {
    expect(defaultCacheControl(path.split('/'))).toBe('no-cache');
  });

  it.each([
    'app.3f2a9c1b.js',
    'user-5f1d7a2c.json',
    'commit-cafe1234.txt',
    'my-assets/app.3f2a9c1b.js',
    'assets.3f2a9c1b.js',
    'Assets/app.3f2a9c1b.js',
  ])('revalidates %s, which is in no folder of a bundler', (path) => {
    expect(defaultCacheControl(path.split('/'))).toBe('no-cache');
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
    ['assets/app.3f2a9c1b.js', 'no-store'],
  ])('gives %s the value of the first pattern that matches: %s', (path, value) => {
    expect(createCacheControl(rules)(path.split('/'))).toBe(value);
  });

  it.each([
    ['a.css=x', 'aXcss'],
    ['[ab].css=x', 'a.css'],
    ['/a=x', 'a/b'],
    ['/*=x', 'a/b'],
    ['a*=x', 'ba'],
  ])('matches the pattern of %s literally except for its asterisks, so not %s', (rule, path) => {
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
