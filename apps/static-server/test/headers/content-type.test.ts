import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  contentTypeProblems,
  createContentTypes,
  isCompressible,
  isDocument,
} from '../../src/headers/content-type.ts';

const contentTypeOf = createContentTypes([]);

describe('createContentTypes', () => {
  it.each([
    ['index.html', 'text/html; charset=utf-8'],
    ['INDEX.HTML', 'text/html; charset=utf-8'],
    ['style.css', 'text/css; charset=utf-8'],
    ['script.js', 'text/javascript; charset=utf-8'],
    ['script.min.mjs', 'text/javascript; charset=utf-8'],
    ['script.cjs', 'text/javascript; charset=utf-8'],
    ['data.json', 'application/json; charset=utf-8'],
    ['bundle.js.map', 'application/json; charset=utf-8'],
    ['data.jsonld', 'application/ld+json; charset=utf-8'],
    ['site.webmanifest', 'application/manifest+json; charset=utf-8'],
    ['feed.xml', 'application/xml; charset=utf-8'],
    ['feed.atom', 'application/atom+xml; charset=utf-8'],
    ['config.yaml', 'application/yaml; charset=utf-8'],
    ['notes.txt', 'text/plain; charset=utf-8'],
    ['access.log', 'text/plain; charset=utf-8'],
    ['readme.md', 'text/markdown; charset=utf-8'],
    ['table.csv', 'text/csv; charset=utf-8'],
    ['captions.vtt', 'text/vtt; charset=utf-8'],
    ['person.vcf', 'text/vcard; charset=utf-8'],
    ['picture.svg', 'image/svg+xml; charset=utf-8'],
    ['picture.avif', 'image/avif'],
    ['picture.JPG', 'image/jpeg'],
    ['picture.jfif', 'image/jpeg'],
    ['picture.heic', 'image/heic'],
    ['favicon.ico', 'image/vnd.microsoft.icon'],
    ['pointer.cur', 'image/x-icon'],
    ['face.woff2', 'font/woff2'],
    ['face.eot', 'application/vnd.ms-fontobject'],
    ['song.flac', 'audio/flac'],
    ['song.m4a', 'audio/mp4'],
    ['film.m4v', 'video/mp4'],
    ['film.mp4', 'video/mp4'],
    ['stream.m3u8', 'application/vnd.apple.mpegurl'],
    ['stream.mpd', 'application/dash+xml; charset=utf-8'],
    ['module.wasm', 'application/wasm'],
    ['archive.tar.gz', 'application/gzip'],
    ['archive.tgz', 'application/gzip'],
    ['archive.7z', 'application/x-7z-compressed'],
    ['letter.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['book.epub', 'application/epub+zip'],
    ['unknown.qqq', 'application/octet-stream'],
    ['no-extension', 'application/octet-stream'],
    ['html', 'application/octet-stream'],
    ['ends-with.', 'application/octet-stream'],
    ['x.constructor', 'application/octet-stream'],
    ['x.__proto__', 'application/octet-stream'],
  ])('serves %s as %s', (name, type) => {
    expect(contentTypeOf(name)).toBe(type);
  });

  it('serves a file by the rule for its extension, and adds the charset to text without one', () => {
    const types = createContentTypes([
      'HEIF=image/heif-sequence',
      '.qqq=text/x-qqq',
      'txt=text/plain; charset=iso-8859-1',
      'js=application/octet-stream',
    ]);
    expect(['a.heif', 'a.QQQ', 'a.txt', 'a.js', 'a.css'].map(types)).toEqual([
      'image/heif-sequence',
      'text/x-qqq; charset=utf-8',
      'text/plain; charset=iso-8859-1',
      'application/octet-stream',
      'text/css; charset=utf-8',
    ]);
  });

  it('agrees with config/mime.types, the table of nginx', () => {
    const table = readFileSync(join(import.meta.dirname, '../../../../config/mime.types'), 'utf8');
    const entries = [...table.matchAll(/^ +([\w.+-]+\/[\w.+-]+) +([\w ]+);$/gm)].flatMap(
      ([, type = '', extensions = '']) =>
        extensions.split(' ').map((extension) => [extension, type] as const),
    );
    expect(entries.length).toBeGreaterThan(30);
    const ours = entries.map(([extension]) => [extension, contentTypeOf(`a.${extension}`).split(';')[0]]);
    expect(entries).toEqual(ours);
  });
});

describe('contentTypeProblems', () => {
  it.each([
    '',
    'heif',
    '=image/heif',
    'heif=',
    'heif=image',
    'a.b=text/plain',
    'txt=text/plain\r\nX: y',
    'é=a/b',
  ])('refuses %j', (rule) => {
    expect(contentTypeProblems(['md=text/markdown; charset=utf-8', rule])).toEqual([
      `must be EXT=TYPE, such as heif=image/heif, and has ${JSON.stringify(rule)}`,
    ]);
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
    ['letter.docx', false],
  ])('tells whether a browser may run scripts in %s: %s', (name, document) => {
    expect(isDocument(contentTypeOf(name))).toBe(document);
  });
});

describe('isCompressible', () => {
  it.each([
    ['page.html', true],
    ['data.json', true],
    ['favicon.ico', true],
    ['module.wasm', true],
    ['face.ttf', true],
    ['face.woff2', false],
    ['picture.jpg', false],
    ['letter.docx', false],
    ['unknown.qqq', false],
  ])('tells whether compression makes %s smaller: %s', (name, compressible) => {
    expect(isCompressible(contentTypeOf(name))).toBe(compressible);
  });
});
