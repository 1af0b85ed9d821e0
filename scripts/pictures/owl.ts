import { stars } from './landscape.ts';
import { createRandom } from './random.ts';
import { backdrop, circle, downward, ellipse, group, limb, outward, path, picture, stroke } from './svg.ts';

const scales = (): string[] =>
  [0, 1, 2, 3, 4, 5].flatMap((row) => {
    const count = 6 - Math.abs(row - 1);
    return Array.from({ length: count }, (_, index) => {
      const x = (index - (count - 1) / 2) * 44;
      const y = 70 + row * 42;
      return path(
        `M${x - 22} ${y}Q${x} ${y + 46} ${x + 22} ${y}Q${x} ${y + 10} ${x - 22} ${y}Z`,
        row % 2 ? '#c99f76' : '#b98a63',
      );
    });
  });

const eye = (x: number): string[] => [
  circle([x, -76], 92, '#f3dfc3'),
  circle([x, -76], 74, '#e4c49c'),
  circle([x, -76], 50, '#3a2433'),
  circle([x, -76], 44, '#f7b440'),
  circle([x, -76], 26, '#1c1320'),
  circle([x + 10, -88], 9, '#fff'),
];

const owl = (): string[] => [
  // tail below the branch, body, wings
  path('M-60 300L-46 430Q0 452 46 430L60 300Z', '#5f4154'),
  path(
    'M0-226C150-226 206-110 200 60 196 240 120 346 0 346S-196 240-200 60C-206-110-150-226 0-226Z',
    '#8a6068',
  ),
  path('M0-30C92-30 138 40 138 140 138 250 80 330 0 330S-138 250-138 140C-138 40-92-30 0-30Z', '#ead0a9'),
  ...scales(),
  path('M-196 20C-232 130-212 260-120 340-104 240-112 130-152 40Z', '#6d4a5a'),
  path('M196 20C232 130 212 260 120 340 104 240 112 130 152 40Z', '#6d4a5a'),
  stroke('M-186 120Q-180 210-146 270M-164 96Q-152 190-130 250', '#5a3b4e', 7),
  stroke('M186 120Q180 210 146 270M164 96Q152 190 130 250', '#5a3b4e', 7),
  // brows that end in ear tufts
  ...eye(-84),
  ...eye(84),
  path(
    'M0-112C-50-190-120-206-206-300-196-210-176-176-150-150-96-166-40-140 0-84 40-140 96-166 150-150 176-176 196-210 206-300 120-206 50-190 0-112Z',
    '#6d4a5a',
  ),
  path('M0-70Q26-40 0 14-26-40 0-70Z', '#f0a63a'),
  path('M0-70Q26-40 0 14Z', '#d9862a'),
];

const foot = (x: number): string =>
  [-24, 0, 24].map((offset) => ellipse([x + offset, 346], 13, 30, '#f0a63a')).join('');

/** An owl on a branch in front of the full moon. */
export const drawOwl = (title: string): string => {
  const random = createRandom(8);
  return picture(
    title,
    [
      downward('sky', [
        [0, '#121a3a'],
        [0.6, '#2d3a6b'],
        [1, '#5a5688'],
      ]),
      outward('glow', [
        [0, '#fff6dd', 0.55],
        [0.55, '#d9d6f0', 0.2],
        [1, '#d9d6f0', 0],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...stars(random, 110, 880, '#fff'),
      circle([600, 420], 560, 'url(#glow)'),
      circle([600, 420], 330, '#fbf0d3'),
      circle([470, 300], 46, '#eadcb8'),
      circle([790, 540], 62, '#eadcb8'),
      circle([740, 230], 26, '#eadcb8'),
      circle([420, 560], 30, '#eadcb8'),
      path(
        limb([
          [1240, 690, 120],
          [1040, 742, 84],
          [820, 768, 62],
          [600, 776, 52],
          [400, 766, 40],
          [250, 736, 26],
          [130, 690, 10],
        ]),
        '#2a1d33',
      ),
      path(
        limb(
          [
            [960, 760, 50],
            [850, 690, 26],
            [800, 610, 16],
            [790, 540, 4],
          ].map(([x, y, t]) => [Number(x) + 190, Number(y) - 20, Number(t)] as const),
        ),
        '#2a1d33',
      ),
      path(
        limb([
          [400, 766, 34],
          [320, 810, 18],
          [262, 880, 8],
          [240, 930, 4],
        ]),
        '#2a1d33',
      ),
      ...[
        [170, 690, -35],
        [232, 716, 24],
        [290, 736, -50],
        [1000, 560, 30],
        [985, 610, -60],
        [1040, 640, 50],
        [268, 850, 60],
        [300, 812, -30],
      ].map(
        ([x, y, turn]) =>
          `<path transform="translate(${x} ${y})rotate(${turn})" d="M0 0Q-22-34 0-74 22-34 0 0Z" fill="#4a3a63"/>`,
      ),
      group([...owl(), foot(-62), foot(62)], 'transform="translate(600 424)"'),
    ],
  );
};
