import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSite } from '../../src/machine/make-site.ts';

let parent: string;
let site: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'tripod-site-'));
  site = makeSite(parent);
});
afterAll(() => rmSync(parent, { recursive: true }));

describe('makeSite', () => {
  it.each([
    ['small.html', 600],
    ['style.css', 50_000],
    ['picture.jpg', 5_000_000],
  ])('makes %s of %d bytes', (file, bytes) => {
    expect(statSync(join(site, file)).size).toBe(bytes);
  });

  it('makes a gzip version of the style sheet with a realistic size', () => {
    const sibling = readFileSync(join(site, 'style.css.gz'));
    expect(gunzipSync(sibling).equals(readFileSync(join(site, 'style.css')))).toBe(true);
    expect(sibling.length).toBeGreaterThan(5000);
    expect(sibling.length).toBeLessThan(20_000);
  });
});
