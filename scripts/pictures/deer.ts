import { defineConifers, wood } from './conifers.ts';
import { wavyLine } from './landscape.ts';
import { createRandom, type Random } from './random.ts';
import {
  backdrop,
  circle,
  downward,
  ground,
  group,
  limb,
  outward,
  path,
  picture,
  round,
  stroke,
} from './svg.ts';

const coat = '#2b2138';

const antler: readonly (readonly (readonly [number, number, number])[])[] = [
  [
    [0, 0, 15],
    [26, -50, 13],
    [66, -92, 12],
    [92, -150, 10],
    [90, -214, 8],
    [72, -262, 2],
  ],
  [
    [18, -36, 11],
    [-16, -62, 8],
    [-30, -96, 2],
  ],
  [
    [58, -84, 11],
    [36, -130, 8],
    [34, -178, 2],
  ],
  [
    [90, -146, 10],
    [126, -182, 7],
    [134, -226, 2],
  ],
  [
    [92, -204, 8],
    [64, -236, 5],
    [46, -270, 2],
  ],
];

const antlers = (transform: string): string =>
  group(
    antler.map((spine) => path(limb(spine), coat)),
    `transform="${transform}"`,
  );

/** A stag that faces left and looks up, its forefeet at 0 0. */
const stag = (): string[] => [
  path(
    limb([
      [6, 0, 12],
      [10, -40, 14],
      [18, -110, 18],
      [12, -170, 34],
      [14, -230, 70],
    ]),
    coat,
  ),
  path(
    limb([
      [64, -2, 12],
      [60, -42, 14],
      [58, -112, 18],
      [44, -180, 40],
      [40, -240, 70],
    ]),
    coat,
  ),
  path(
    limb([
      [282, 0, 12],
      [276, -44, 14],
      [292, -104, 20],
      [272, -160, 48],
      [256, -220, 90],
    ]),
    coat,
  ),
  path(
    limb([
      [340, -4, 12],
      [328, -48, 14],
      [342, -110, 22],
      [316, -170, 56],
      [284, -232, 90],
    ]),
    coat,
  ),
  path(
    'M-34-262C-30-330 30-352 100-340 180-330 250-352 310-318 350-290 356-230 326-186 270-166 230-190 180-184 110-178 60-164 10-190-20-206-36-232-34-262Z',
    coat,
  ),
  path('M318-312Q356-300 352-252 330-268 314-290Z', '#4a3850'),
  path(
    limb([
      [44, -262, 150],
      [4, -330, 112],
      [-22, -390, 80],
      [-36, -440, 66],
      [-50, -470, 60],
    ]),
    coat,
  ),
  path(
    'M-16-496C-44-512-72-504-92-484L-158-440Q-172-428-164-414-156-404-138-408L-84-414C-50-412-22-440-12-470Z',
    coat,
  ),
  path('M-22-486Q28-520 52-498 26-468-18-470Z', coat),
  antlers('translate(-34 -494)rotate(6)'),
  antlers('translate(-50 -498)rotate(-4)scale(-.78 .96)'),
  circle([-82, -464], 4.5, '#f8c98f'),
];

const ferns = (random: Random): string =>
  Array.from({ length: 60 }, () => {
    const x = random(0, 1200);
    const tall = random(4, 34);
    return stroke(
      `M${round(x)} 900Q${round(x + random(-10, 10))} ${round(880 - tall / 2)} ${round(x + random(-40, 40))} ${round(846 - tall)}`,
      '#1a1426',
      4,
    );
  }).join('');

/** A stag in a clearing, before the rising moon. */
export const drawDeer = (title: string): string => {
  const random = createRandom(53);
  return picture(
    title,
    [
      defineConifers(random, 9),
      downward('sky', [
        [0, '#3f3560'],
        [0.4, '#a3587a'],
        [0.65, '#f08a6b'],
        [0.85, '#fcc48a'],
      ]),
      outward('glow', [
        [0, '#ffe8c0', 0.85],
        [1, '#fcb27f', 0],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      circle([560, 470], 520, 'url(#glow)'),
      circle([560, 470], 236, '#ffeccb'),
      path(ground(wavyLine(random, 640, 26)), '#c0667a', 'opacity=".8"'),
      wood(
        random,
        { from: -10, to: 1220, foot: (x) => 690 + 22 * Math.sin(x / 170), tall: 120, gap: 26 },
        '#8f4d72',
      ),
      path(ground(wavyLine(random, 690, 20)), '#8f4d72'),
      wood(random, { from: -30, to: 330, foot: () => 770, tall: 300, gap: 58 }, '#54355f'),
      wood(random, { from: 860, to: 1240, foot: () => 775, tall: 330, gap: 62 }, '#54355f'),
      path(ground(wavyLine(random, 760, 16)), '#54355f'),
      path('M-20 850Q260 780 560 796T1220 846V900H-20Z', coat),
      group(stag(), 'transform="translate(452 812)scale(.98)"'),
      ferns(random),
      wood(random, { from: -10, to: 130, foot: () => 930, tall: 640, gap: 120 }, '#1a1426'),
      wood(random, { from: 1110, to: 1230, foot: () => 930, tall: 700, gap: 130 }, '#1a1426'),
    ],
  );
};
