import { describe, expect, it } from '@jest/globals';
import { contentTypeOf, isDocument } from '../src/content-type.ts';

describe('contentTypeOf', () => {
  it.each([
    ['index.html', 'text/html; charset=utf-8'],
    ['INDEX.HTML', 'text/html; charset=utf-8'],
    ['style.css', 'text/css; charset=utf-8'],
    ['script.js', 'text/javascript; charset=utf-8'],
    ['script.min.mjs', 'text/javascript; charset=utf-8'],
    ['data.json', 'application/json; charset=utf-8'],
    ['notes.txt', 'text/plain; charset=utf-8'],
    ['readme.md', 'text/markdown; charset=utf-8'],
    ['picture.svg', 'image/svg+xml; charset=utf-8'],
    ['picture.avif', 'image/avif'],
    ['picture.JPG', 'image/jpeg'],
    ['face.woff2', 'font/woff2'],
    ['module.wasm', 'application/wasm'],
    ['archive.tar.gz', 'application/gzip'],
    ['unknown.qqq', 'application/octet-stream'],
    ['no-extension', 'application/octet-stream'],
    ['html', 'application/octet-stream'],
    ['ends-with.', 'application/octet-stream'],
    ['x.constructor', 'application/octet-stream'],
    ['x.__proto__', 'application/octet-stream'],
  ])('of %s is %s', (name, type) => {
    expect(contentTypeOf(name)).toBe(type);
  });
});

describe('isDocument', () => {
  it.each([
    ['page.html', true],
    ['page.xhtml', true],
    ['picture.svg', true],
    ['feed.xml', true],
    ['feed.atom', true],
    ['script.js', false],
    ['notes.txt', false],
    ['picture.png', false],
  ])('of %s is %s', (name, document) => {
    expect(isDocument(contentTypeOf(name))).toBe(document);
  });
});
