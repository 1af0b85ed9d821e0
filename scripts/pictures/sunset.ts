import { birds, clouds, reflection, wavyLine } from './landscape.ts';
import { createRandom } from './random.ts';
import { backdrop, circle, curve, downward, ground, height, outward, path, picture, width } from './svg.ts';

const horizon = 560;

/** A low sun over a calm sea, with a small boat. */
export const drawSunset = (title: string): string => {
  const random = createRandom(11);
  return picture(
    title,
    [
      downward('sky', [
        [0, '#3b2f5c'],
        [0.24, '#7a4573'],
        [0.42, '#cf6a6c'],
        [0.55, '#f29b66'],
        [0.63, '#fbd089'],
      ]),
      downward('sea', [
        [0, '#e79a72'],
        [0.18, '#a85f76'],
        [0.55, '#563f6d'],
        [1, '#2a2347'],
      ]),
      outward('glow', [
        [0, '#fff1c4', 0.95],
        [0.35, '#ffd28c', 0.5],
        [1, '#f29b66', 0],
      ]),
      downward('lit', [
        [0, '#fff6d8'],
        [1, '#ffd591'],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...clouds(random, 13, 110, 470, '#ffb98d'),
      ...clouds(random, 8, 60, 300, '#5d3c6e'),
      circle([640, 505], 400, 'url(#glow)'),
      circle([640, 505], 84, 'url(#lit)'),
      path(`${wavyLine(random, horizon - 22, 11, 3)}V${horizon}H0Z`, '#b5677a', 'opacity=".8"'),
      path(
        `${curve([
          [-20, 470],
          [120, 486],
          [230, 512],
          [330, 530],
          [420, horizon],
        ])}L0 ${horizon}Z`,
        '#6e4069',
      ),
      path(
        `${curve([
          [-20, 520],
          [90, 528],
          [170, 545],
          [240, horizon],
        ])}L0 ${horizon}Z`,
        '#4b2f57',
      ),
      `<rect y="${horizon}" width="${width}" height="${height - horizon}" fill="url(#sea)"/>`,
      ...reflection(random, 640, horizon, height, '#ffe0a3'),
      path(ground(wavyLine(random, 872, 7, 4)), '#241d3f', 'opacity=".55"'),
      path('M838 668q44 20 96 0l-16 26q-32 10-66 0Z', '#2b1d3c'),
      path('M884 664V542q46 58 50 116Z', '#fff0d2'),
      path('M878 664V562q-30 52-34 98Z', '#f3c9a0'),
      path('M850 700q36 12 70 0l-10 52q-24 10-48 0Z', '#2b1d3c', 'opacity=".3"'),
      birds(random, [350, 300], 6, '#3b2449'),
    ],
  );
};
