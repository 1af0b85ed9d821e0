import { stars } from './landscape.ts';
import { createRandom } from './random.ts';
import {
  backdrop,
  circle,
  curve,
  downward,
  ellipse,
  ground,
  group,
  lines,
  type Point,
  path,
  picture,
} from './svg.ts';

const penguin = (x: number, y: number, scale: number, isTurned = false): string =>
  group(
    [
      ellipse([0, 6], 92, 14, '#3a5c8f', 'opacity=".35"'),
      path('M-56-6Q-40-26-18-8L-14 6H-62ZM56-6Q40-26 18-8L14 6H62Z', '#f09a3c'),
      // flippers, back, belly
      path(
        'M-78-214C-124-170-132-100-108-58-92-80-84-130-72-160ZM78-214C124-170 132-100 108-58 92-80 84-130 72-160Z',
        '#1d2744',
      ),
      path(
        'M0-372C56-372 76-330 76-284 100-210 108-60 60-8 30 2-30 2-60-8-108-60-100-210-76-284-76-330-56-372 0-372Z',
        '#27335a',
      ),
      path('M0-258C48-262 70-190 68-120 66-50 40-10 0-10S-66-50-68-120C-70-190-48-262 0-258Z', '#fdf7ee'),
      path('M-54-300Q-86-262-56-232-40-244-34-270ZM54-300Q86-262 56-232 40-244 34-270Z', '#f7c04a'),
      path('M-34-268Q0-220 34-268 20-250 0-250T-34-268Z', '#f7c04a', 'opacity=".6"'),
      circle([-24, -320], 8, '#fdf7ee'),
      circle([24, -320], 8, '#fdf7ee'),
      circle([-23, -320], 4, '#141b33'),
      circle([25, -320], 4, '#141b33'),
      path('M-14-306Q0-314 14-306 8-284 0-276-8-284-14-306Z', '#f09a3c'),
    ],
    `transform="translate(${x} ${y})scale(${isTurned ? -scale : scale} ${scale})"`,
  );

const chick = (x: number, y: number, scale: number): string =>
  group(
    [
      ellipse([0, 6], 80, 12, '#3a5c8f', 'opacity=".35"'),
      path('M-44-2Q-30-16-12-2L-10 6H-50ZM44-2Q30-16 12-2L10 6H50Z', '#39405c'),
      path(
        'M0-250C64-250 70-200 66-170 96-120 92-30 52-6 30 2-30 2-52-6-92-30-96-120-66-170-70-200-64-250 0-250Z',
        '#8e99b3',
      ),
      path('M-72-150Q-104-100-84-60-72-80-64-120ZM72-150Q104-100 84-60 72-80 64-120Z', '#77829f'),
      path(
        'M0-250C54-250 64-214 60-190 40-214 20-216 0-196-20-216-40-214-60-190-64-214-54-250 0-250Z',
        '#27335a',
      ),
      path('M0-196C20-216 40-214 60-190 58-160 30-150 0-150S-58-160-60-190C-40-214-20-216 0-196Z', '#fdf7ee'),
      circle([-24, -188], 7, '#141b33'),
      circle([24, -188], 7, '#141b33'),
      path('M-10-180H10L0-162Z', '#39405c'),
    ],
    `transform="translate(${x} ${y})scale(${scale})"`,
  );

/** A curtain of polar light: bright at its lower edge, which is soft, and fading upwards. */
const aurora = (lower: readonly Point[], tall: number, fill: string): string =>
  Array.from({ length: 7 }, (_, layer) => {
    const bottom = lower.map(([x, y]): Point => [x, y + layer * 7]);
    const top = lower.map(([x, y], index): Point => [x, y - tall + (index % 2) * 50]).reverse();
    return path(`${curve(bottom)}L${curve(top).slice(1)}Z`, fill);
  }).join('');

const curtain = (id: string, color: string): string =>
  downward(id, [
    [0, color, 0],
    [0.8, color, 0.16],
    [1, color, 0.1],
  ]);

/** Penguins and a chick on the ice, below the southern lights. */
export const drawPenguins = (title: string): string => {
  const random = createRandom(61);
  return picture(
    title,
    [
      downward('sky', [
        [0, '#0f1a42'],
        [0.5, '#23447f'],
        [0.75, '#5f86b5'],
      ]),
      curtain('green', '#7df0c0'),
      curtain('violet', '#b79cf5'),
      downward('ice', [
        [0, '#f4fbff'],
        [1, '#a9c9e6'],
      ]),
      downward('berg', [
        [0, '#dff1fb'],
        [1, '#7fb0d3'],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...stars(random, 90, 480, '#fff'),
      aurora(
        [
          [-40, 420],
          [140, 350],
          [330, 430],
          [560, 310],
          [800, 380],
          [1020, 250],
          [1240, 330],
        ],
        330,
        'url(#green)',
      ),
      aurora(
        [
          [-40, 250],
          [200, 200],
          [420, 290],
          [700, 180],
          [960, 240],
          [1240, 130],
        ],
        230,
        'url(#violet)',
      ),
      path(
        `${lines([
          [-20, 620],
          [90, 520],
          [150, 540],
          [230, 470],
          [300, 560],
          [390, 600],
          [420, 640],
          [-20, 640],
        ])}Z`,
        'url(#berg)',
      ),
      path(
        `${lines([
          [230, 470],
          [300, 560],
          [390, 600],
          [420, 640],
          [280, 640],
        ])}Z`,
        '#5f93bf',
        'opacity=".55"',
      ),
      path(
        `${lines([
          [770, 640],
          [840, 560],
          [920, 500],
          [960, 450],
          [1040, 520],
          [1100, 540],
          [1220, 600],
          [1220, 640],
        ])}Z`,
        'url(#berg)',
      ),
      path(
        `${lines([
          [960, 450],
          [1040, 520],
          [1100, 540],
          [1220, 600],
          [1220, 640],
          [1010, 640],
        ])}Z`,
        '#5f93bf',
        'opacity=".55"',
      ),
      '<rect y="630" width="1200" height="120" fill="#2c5c92"/>',
      ...[650, 668, 690].map((y, index) =>
        path(
          `${curve([
            [100 + index * 170, y],
            [300 + index * 170, y + 4],
            [520 + index * 170, y],
          ])}`,
          '#9fd0ea',
          'opacity=".6"',
        ),
      ),
      path(
        ground(
          curve([
            [-20, 730],
            [150, 706],
            [400, 716],
            [700, 700],
            [980, 716],
            [1220, 698],
          ]),
        ),
        'url(#ice)',
      ),
      path(
        ground(
          curve([
            [-20, 850],
            [260, 836],
            [520, 860],
            [900, 830],
            [1220, 850],
          ]),
        ),
        '#c4dcef',
        'opacity=".8"',
      ),
      penguin(220, 752, 0.52),
      penguin(985, 746, 0.56, true),
      penguin(1085, 766, 0.62),
      penguin(480, 836, 1.2),
      penguin(750, 842, 1.1, true),
      chick(616, 856, 0.82),
    ],
  );
};
