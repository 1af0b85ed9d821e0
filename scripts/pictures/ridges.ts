import { defineConifers, wood } from './conifers.ts';
import { birds, clouds, jaggedLine } from './landscape.ts';
import { createRandom } from './random.ts';
import {
  backdrop,
  circle,
  curve,
  downward,
  ground,
  group,
  height,
  lines,
  outward,
  type Point,
  path,
  picture,
  width,
} from './svg.ts';

const shore = 640;

const far: Point[] = [
  [-20, 420],
  [110, 330],
  [230, 390],
  [330, 402],
  [470, 372],
  [610, 252],
  [700, 330],
  [800, 300],
  [930, 395],
  [1070, 340],
  [1220, 420],
];
const middle: Point[] = [
  [-20, 410],
  [120, 470],
  [300, 520],
  [520, 470],
  [700, 540],
  [860, 430],
  [980, 350],
  [1090, 440],
  [1220, 400],
];
const near: Point[] = [
  [-20, 480],
  [130, 520],
  [330, 590],
  [560, 600],
  [760, 580],
  [940, 520],
  [1120, 545],
  [1220, 500],
];

/** Mountains one behind the other in the last light, mirrored in a lake. */
export const drawRidges = (title: string): string => {
  const random = createRandom(23);
  const layers = [
    { outline: far, relief: 26, fill: 'url(#r1)' },
    { outline: middle, relief: 30, fill: 'url(#r2)' },
    { outline: near, relief: 16, fill: 'url(#r3)' },
  ].map(({ outline, relief, fill }) => path(ground(lines(jaggedLine(random, outline, relief))), fill));
  const land = [
    ...layers,
    path(
      ground(
        curve([
          [-20, 600],
          [200, 618],
          [480, 628],
          [800, 622],
          [1220, 596],
        ]),
      ),
      '#33395f',
    ),
  ];
  return picture(
    title,
    [
      defineConifers(random, 9),
      downward('sky', [
        [0, '#2f4374'],
        [0.25, '#6b6a9d'],
        [0.45, '#d694a0'],
        [0.6, '#fcc9a1'],
      ]),
      outward('glow', [
        [0, '#fff0d0', 0.95],
        [0.4, '#ffd0a4', 0.45],
        [1, '#fcc9a1', 0],
      ]),
      downward('r1', [
        [0, '#c88d9f'],
        [0.5, '#e0aaa4'],
      ]),
      downward('r2', [
        [0, '#8d6f99'],
        [0.5, '#b98ba3'],
      ]),
      downward('r3', [
        [0, '#565483'],
        [0.5, '#7d6d96'],
      ]),
      downward('water', [
        [0, '#f3bfa2', 0.35],
        [0.5, '#4a4f80', 0.6],
        [1, '#1f2547', 0.92],
      ]),
      `<clipPath id="lake"><rect y="${shore}" width="${width}" height="${height - shore}"/></clipPath>`,
    ],
    [
      backdrop('url(#sky)'),
      ...clouds(random, 9, 70, 300, '#ffd3bd'),
      circle([420, 372], 300, 'url(#glow)'),
      circle([420, 372], 50, '#fff4dc'),
      birds(random, [800, 210], 5, '#3d3f6b'),
      `<g id="land">${land.join('')}${wood(random, { from: -10, to: 430, foot: (x) => 606 + x * 0.05, tall: 84, gap: 15 }, '#262b4e')}${wood(random, { from: 800, to: 1210, foot: (x) => 640 - (x - 700) * 0.05, tall: 108, gap: 16 }, '#262b4e')}</g>`,
      group(
        [
          `<rect y="${shore}" width="${width}" height="${height - shore}" fill="#f8c4a1"/>`,
          `<use href="#land" transform="translate(0 ${shore * 2}) scale(1 -1)"/>`,
          `<rect y="${shore}" width="${width}" height="${height - shore}" fill="url(#water)"/>`,
          ...Array.from({ length: 26 }, (_, index) => {
            const y = shore + 8 + index * 9.6;
            return `<rect x="${Math.round(random(0, 900))}" y="${Math.round(y)}" width="${Math.round(random(90, 460))}" height="2" rx="1" fill="#ffe3c8" opacity=".16"/>`;
          }),
        ],
        'clip-path="url(#lake)"',
      ),
      path(
        ground(
          curve([
            [-20, 800],
            [150, 830],
            [330, 872],
            [520, 905],
          ]),
        ),
        '#161a35',
      ),
      wood(random, { from: -20, to: 190, foot: (x) => 830 + x * 0.25, tall: 300, gap: 62 }, '#161a35'),
    ],
  );
};
