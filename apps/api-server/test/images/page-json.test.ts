import { describe, expect, it } from '@jest/globals';
import type { Image } from '../../src/images/image.ts';
import { findPageJson, rangesAfter } from '../../src/images/page-json.ts';

/** What Postgres makes of the rows of a page. */
const asPostgres = (images: readonly Image[]): string =>
  images
    .map(
      ({ title, alt_text, url }) =>
        `${title}\x7f,\x7falt_text\x7f:\x7f${alt_text}\x7f,\x7furl\x7f:\x7f${url}`,
    )
    .join('\x7f},{\x7ftitle\x7f:\x7f');
const image = (text: string): Image => ({ title: text, alt_text: `${text}!`, url: `/${text}` });
const all = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => String.fromCharCode(from + index)).join('');

describe('findPageJson', () => {
  it.each<[string, readonly string[]]>([
    ['plain texts', ['Cat', 'Dog', '']],
    ['quotes', ['"', '""', 'a "b" c', '","url":"']],
    ['backslashes', ['\\', '\\"', '\\\\"', '\\u007f', '\\u0022', 'C:\\temp\\']],
    ['control characters', [all(0x01, 0x20), '\n', '\r\n\t\b\f']],
    ['ASCII', [all(0x20, 0x7f)]],
    ['what stands beside the mark', ['\x80', '\u017f', '\u7f7f', '\u{1f47f}']],
    ['other scripts', ['Größe', '猫', 'قطة', all(0xa0, 0x200)]],
    ['line separators and the like', ['\u2028\u2029', '\ufeff', '\ufffe\uffff', '\ud7ff\ue000']],
    ['astral characters', ['🐈', '\u{10ffff}', '👩‍👩‍👧']],
    ['markup and other JSON', ['</script>', '{"title":"x"}', '},{', '[]', "'; --"]],
  ])('gives the bytes of JSON.stringify, each row behind a comma: %s', (_, texts) => {
    const images = texts.map(image);
    const json = findPageJson([asPostgres(images)], images.length);
    expect(json?.toString()).toBe(`,${JSON.stringify(images).slice(1, -1)}`);
  });

  it.each([
    ['plain', ['Cat', 'Größe']],
    ['with something to escape', ['Cat', 'a "b" c']],
  ])('joins the texts of several ranges, of which some have no images: %s', (_, titles) => {
    const images = titles.map(image);
    const texts = ['', ...images.map((one) => asPostgres([one])), '', asPostgres(images)];
    const json = findPageJson(texts, 4);
    expect(json?.toString()).toBe(`,${JSON.stringify([...images, ...images]).slice(1, -1)}`);
  });

  it.each([[['']], [['', '']]])('is empty for no rows: %j', (texts) => {
    expect(findPageJson(texts, 0)).toHaveLength(0);
  });

  it.each(['\x7f', 'a\x7fb', '\x7f,\x7furl\x7f:\x7f', '"\x7f'])(
    'does not guess when a text has the mark in it: %j',
    (text) => {
      const images = [image('Cat'), image(text), image('Dog')];
      expect(findPageJson([asPostgres(images)], images.length)).toBeUndefined();
    },
  );

  it('does not guess when a row is missing', () => {
    expect(findPageJson([asPostgres([image('Cat')])], 2)).toBeUndefined();
  });
});

describe('rangesAfter', () => {
  it.each<[string, number, readonly bigint[]]>([
    ['0', 2000, [0n, 500n, 1000n, 1500n, 2000n]],
    ['-3', 6, [-3n, -1n, 0n, 2n, 3n]],
    ['7', 1, [7n, 8n, 8n, 8n, 8n]],
    [
      '9007199254740993',
      4,
      [9007199254740993n, 9007199254740994n, 9007199254740995n, 9007199254740996n, 9007199254740997n],
    ],
    [
      '9223372036854775805',
      4,
      [9223372036854775805n, 9223372036854775806n, ...Array(3).fill(9223372036854775807n)],
    ],
  ])('has each of the ids after %s once, %i of them, as far as there are ids', (after, ids, bounds) => {
    expect(rangesAfter(after, ids)).toEqual({ after: bounds.slice(0, -1), upto: bounds.slice(1) });
  });
});
