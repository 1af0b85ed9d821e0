import { describe, expect, it } from '@jest/globals';
import { createCodingReader } from '../../src/answer/content-coding.ts';

describe('createCodingReader', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['gzip', ['gzip']],
    ['br', ['br']],
    ['gzip, deflate, br, zstd', ['br', 'gzip']],
    ['GZIP, Br', ['br', 'gzip']],
    ['gzip,br', ['br', 'gzip']],
    ['x-gzip', ['gzip']],
    ['deflate, zstd', []],
    ['identity', []],
    ['*', ['br', 'gzip']],
    ['*;q=0', []],
    ['gzip;q=0', []],
    ['gzip;q=0.0, br', ['br']],
    ['gzip;q=0.001', ['gzip']],
    ['gzip;q=1.0, br;q=0.5', ['gzip', 'br']],
    ['gzip ; q=0.5 , br ; q=0.8', ['br', 'gzip']],
    ['gzip;Q=0', []],
    ['*, br;q=0', ['gzip']],
    ['br;q=0.5, *;q=0.8', ['gzip', 'br']],
    ['identity;q=1, *;q=0', []],
    ['identity;q=0.5, gzip;q=1', ['gzip']],
    ['identity;q=0.5, gzip;q=0.5', ['gzip']],
    ['identity, gzip;q=0.5', []],
    ['identity;q=0', []],
    ['identity;q=0, gzip', ['gzip']],
    ['gzip;q=2', []],
    ['gzip;q=-1', []],
    ['gzip;q=0.1234', []],
    ['gzip;q=', []],
    ['gzip;level=9', []],
    ['gzip, gzip;q=0', []],
    [',,gzip,,', ['gzip']],
    ['gzip br', []],
    ['brotli', []],
  ])('parses Accept-Encoding %j as %j', (header, codings) => {
    expect(createCodingReader()(header)).toEqual(codings);
  });

  it('parses a header the same way after hundreds of different ones', () => {
    const read = createCodingReader();
    for (let one = 0; one < 300; one += 1) expect(read(`gzip, x-${one}`)).toEqual(['gzip']);
    expect(read('gzip, x-1')).toEqual(['gzip']);
  });
});
