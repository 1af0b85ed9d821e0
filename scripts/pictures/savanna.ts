import { birds, clouds, wavyLine } from './landscape.ts';
import { createRandom, type Random } from './random.ts';
import {
  backdrop,
  circle,
  downward,
  ellipse,
  ground,
  group,
  limb,
  outward,
  path,
  picture,
  round,
} from './svg.ts';

const dark = '#3b1a24';

/** A giraffe that faces left, its forefeet at 0 0. */
const giraffe = [
  path(
    limb([
      [0, 0, 11],
      [4, -60, 12],
      [8, -130, 16],
      [18, -190, 40],
    ]),
    dark,
  ),
  path(
    limb([
      [34, 0, 11],
      [34, -64, 12],
      [32, -132, 16],
      [34, -196, 44],
    ]),
    dark,
  ),
  path(
    limb([
      [136, 0, 11],
      [132, -64, 13],
      [142, -120, 18],
      [128, -180, 44],
    ]),
    dark,
  ),
  path(
    limb([
      [168, 0, 11],
      [158, -66, 13],
      [166, -124, 20],
      [146, -184, 50],
    ]),
    dark,
  ),
  path(
    'M-8-216C-14-270 40-300 90-276 140-258 176-240 180-206 182-176 160-158 130-164 90-172 50-164 20-168-2-174-8-196-8-216Z',
    dark,
  ),
  path(
    limb([
      [34, -234, 92],
      [6, -312, 52],
      [-20, -396, 36],
      [-44, -480, 28],
      [-58, -524, 26],
    ]),
    dark,
  ),
  path(
    'M-44-540C-60-556-80-546-92-534L-132-506Q-142-496-134-488-126-482-112-488L-76-500C-56-498-42-508-40-524Z',
    dark,
  ),
  path('M-50-536Q-22-552-14-538-28-520-46-524Z', dark),
  path(
    limb([
      [-60, -540, 6],
      [-56, -566, 5],
    ]),
    dark,
  ),
  path(
    limb([
      [-72, -542, 6],
      [-72, -568, 5],
    ]),
    dark,
  ),
  circle([-56, -568], 5, dark),
  circle([-72, -570], 5, dark),
  path(
    limb([
      [176, -216, 8],
      [192, -170, 4],
      [188, -122, 3],
    ]),
    dark,
  ),
  ellipse([187, -112], 5, 13, dark),
].join('');

const acacia = (random: Random, x: number, foot: number, scale: number): string =>
  group(
    [
      path(
        limb([
          [0, 6, 40],
          [4, -90, 24],
          [-16, -170, 18],
          [-70, -250, 8],
        ]),
        dark,
      ),
      path(
        limb([
          [2, -80, 20],
          [30, -160, 16],
          [90, -256, 7],
        ]),
        dark,
      ),
      path(
        limb([
          [10, -120, 12],
          [10, -190, 9],
          [0, -270, 5],
        ]),
        dark,
      ),
      ...Array.from({ length: 13 }, (_, index) => {
        const along = (index - 6) * 34;
        const lift = 26 - (along / 34) ** 2 * 0.9;
        return ellipse(
          [along + random(-10, 10), -268 - lift + random(-12, 12)],
          random(50, 84),
          random(16, 27),
          dark,
        );
      }),
    ],
    `transform="translate(${x} ${foot})scale(${scale})"`,
  );

const tufts = (random: Random): string =>
  path(
    Array.from({ length: 120 }, () => {
      const x = random(0, 1200);
      const foot = random(790, 905);
      const tall = random(12, 40);
      const lean = random(-12, 12);
      return `M${round(x)} ${round(foot)}l${round(lean)} ${round(-tall)} ${round(5 - lean)} ${round(tall)}`;
    }).join(''),
    '#1f0c16',
  );

/** Giraffes crossing the savanna before a huge sun. */
export const drawSavanna = (title: string): string => {
  const random = createRandom(71);
  return picture(
    title,
    [
      `<g id="giraffe">${giraffe}</g>`,
      downward('sky', [
        [0, '#7d2a3a'],
        [0.35, '#d5532f'],
        [0.65, '#f7a23f'],
        [0.85, '#fdd676'],
      ]),
      downward('disc', [
        [0, '#fff6cf'],
        [1, '#ffd166'],
      ]),
      outward('glow', [
        [0, '#ffe9a8', 0.9],
        [1, '#f7a23f', 0],
      ]),
      downward('land', [
        [0, '#6b2a26'],
        [1, '#2a0f1a'],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...clouds(random, 10, 70, 420, '#ffc27a'),
      circle([700, 500], 480, 'url(#glow)'),
      circle([700, 500], 232, 'url(#disc)'),
      birds(random, [390, 250], 7, '#5c1f2b'),
      path(ground(wavyLine(random, 668, 14)), '#c9652f'),
      path(ground(wavyLine(random, 700, 12)), '#9c4328'),
      path(ground(wavyLine(random, 744, 9)), 'url(#land)'),
      acacia(random, 190, 770, 1.3),
      acacia(random, 1050, 748, 0.62),
      '<use href="#giraffe" transform="translate(560 790)scale(1.02)"/>',
      '<use href="#giraffe" transform="translate(800 776)scale(.76)"/>',
      '<use href="#giraffe" transform="translate(480 782)scale(.46)"/>',
      tufts(random),
    ],
  );
};
