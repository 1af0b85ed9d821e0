import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { drawPictures } from '../../pictures/catalogue.ts';

const folder = join(import.meta.dirname, '../../../assets/images');
const drawn = [...drawPictures()];

it('draws every picture that is in assets/images', () => {
  expect(drawn.map(([fileName]) => fileName).sort()).toEqual(readdirSync(folder).sort());
});

it.each(drawn)(
  '%s is as the script draws it: run `node scripts/draw-pictures.ts` after a change',
  (fileName, content) => {
    expect(readFileSync(join(folder, fileName), 'utf8')).toBe(content);
  },
);

it.each(drawn)('%s is under 20 kB, and neither runs nor loads anything', (_, content) => {
  expect(Buffer.byteLength(content)).toBeLessThan(20_000);
  expect(content).not.toMatch(/<script|<style|<foreignObject|\son\w+=|href="(?!#)|NaN|undefined/);
});
