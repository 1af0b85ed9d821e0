import { createRandom, type Random } from './random.ts';
import {
  backdrop,
  circle,
  curve,
  downward,
  ellipse,
  group,
  limb,
  path,
  picture,
  round,
  stroke,
} from './svg.ts';

const grooves = Array.from({ length: 9 }, (_, index) =>
  stroke(
    `M${-372 + index * 10} ${44 + index * 9}Q${-190 + index * 6} ${92 + index * 8} ${40 - index * 26} ${94 + index * 3.4}`,
    '#7fa6bd',
    3,
    'opacity=".8"',
  ),
).join('');

/** A humpback seen from its left, its length about 900. */
const whale = (): string[] => [
  // the far fin, the tail, the back, the belly
  path(
    limb([
      [-130, 40, 60],
      [-60, 170, 62],
      [10, 240, 40],
      [60, 276, 6],
    ]),
    '#183a56',
  ),
  path(
    'M360 10C420-8 452-60 506-92 498-40 486-12 470 6 500 22 520 52 530 104 478 88 430 66 372 48Z',
    '#27516f',
  ),
  path(
    'M-420 6C-400-70-260-128-80-126 60-124 130-104 190-92L222-116Q232-92 250-76C310-50 350-14 400 4L384 44C300 60 180 100 40 116-160 140-340 130-400 60-416 40-424 24-420 6Z',
    'url(#back)',
  ),
  path('M-414 34C-330 40-250 44-170 66-60 98 20 96 90 108-140 148-340 130-400 60Z', '#d6e6ea'),
  grooves,
  stroke('M-416 26C-340 40-270 34-214 50', '#143149', 5),
  circle([-216, 22], 9, '#0d2133'),
  circle([-219, 19], 3, '#fff'),
  ...[
    [-360, -36],
    [-320, -62],
    [-380, -10],
    [-276, -78],
    [-330, -24],
  ].map(([x, y]) => circle([Number(x), Number(y)], 5, '#4c7b98')),
  path(
    'M-190 70C-150 56-104 74-106 110-108 170-150 246-306 304-240 250-214 190-204 130Q-204 92-190 70Z',
    '#2f5f80',
  ),
  path('M-196 112Q-206 210-306 304-236 272-184 222-190 170-196 112Z', '#c9dde4', 'opacity=".6"'),
];

const bubbles = (random: Random): string[] =>
  Array.from({ length: 34 }, () =>
    circle(
      [random(120, 1100), random(160, 860)],
      random(2, 8),
      '#e8fbff',
      `opacity="${round(random(0.15, 0.5))}"`,
    ),
  );

const fish = (random: Random): string =>
  group(
    Array.from({ length: 15 }, () => {
      const x = round(random(780, 1120));
      const y = round(random(620, 800));
      return `<path transform="translate(${x} ${y})" d="M0 0Q14-11 32 0L44-8V8L32 0Q14 11 0 0Z"/>`;
    }),
    'fill="#f6c48f" opacity=".85"',
  );

/** A whale and her calf below the surface, in slanting light. */
export const drawWhale = (title: string): string => {
  const random = createRandom(17);
  const beams = [
    [120, 150, -60],
    [330, 90, -10],
    [520, 190, 60],
    [800, 120, 160],
    [980, 170, 260],
  ].map(([x = 0, wide = 0, lean = 0]) =>
    path(`M${x} 0h${wide}L${x + wide * 1.9 + lean} 900H${x - wide * 0.7 + lean}Z`, 'url(#beam)'),
  );
  return picture(
    title,
    [
      downward('sea', [
        [0, '#7fd6d3'],
        [0.25, '#2f9bb0'],
        [0.6, '#15587d'],
        [1, '#0a2347'],
      ]),
      downward('beam', [
        [0, '#f2fff0', 0.42],
        [0.8, '#f2fff0', 0],
      ]),
      downward('back', [
        [0, '#4a85a3'],
        [0.6, '#265274'],
        [1, '#1d4463'],
      ]),
    ],
    [
      backdrop('url(#sea)'),
      ...beams,
      path(
        `${curve([
          [-20, 40],
          [140, 58],
          [320, 34],
          [520, 60],
          [740, 36],
          [960, 58],
          [1220, 38],
        ])}V-10H-20Z`,
        '#d8fbf0',
        'opacity=".75"',
      ),
      path(
        `${curve([
          [-20, 74],
          [200, 92],
          [420, 70],
          [640, 94],
          [860, 72],
          [1080, 92],
          [1220, 76],
        ])}V-10H-20Z`,
        '#a9efe6',
        'opacity=".35"',
      ),
      fish(random),
      group(whale(), 'transform="translate(570 400)rotate(-8)scale(1.02)"'),
      group(whale(), 'transform="translate(410 690)rotate(-12)scale(.42)"'),
      ...bubbles(random),
      path(
        `${curve([
          [-20, 850],
          [180, 800],
          [330, 846],
          [520, 872],
          [760, 838],
          [980, 868],
          [1220, 812],
        ])}V900H-20Z`,
        '#071a38',
      ),
      ...[60, 96, 140, 1050, 1096, 1150].map((x, index) =>
        path(
          limb([
            [x, 880, 22],
            [x + 16, 800 - index * 6, 16],
            [x - 12, 730 - index * 9, 14],
            [x + 14, 660 - index * 10, 3],
          ]),
          '#0b2b4f',
        ),
      ),
      ellipse([600, 900], 700, 26, '#051430', 'opacity=".5"'),
    ],
  );
};
