import { defineConifers, wood } from './conifers.ts';
import { stars, wavyLine } from './landscape.ts';
import { createRandom } from './random.ts';
import { backdrop, circle, downward, ground, outward, path, picture } from './svg.ts';

/** Pines on misty hills at dusk, under a thin moon. */
export const drawPines = (title: string): string => {
  const random = createRandom(41);
  const hills = [
    { y: 470, tall: 80, gap: 21, fill: '#86a9ad' },
    { y: 545, tall: 118, gap: 29, fill: '#5b8690' },
    { y: 640, tall: 165, gap: 36, fill: '#366271' },
    { y: 760, tall: 240, gap: 46, fill: '#1c4152' },
    { y: 880, tall: 350, gap: 88, fill: '#0c2635' },
  ];
  const painted = hills.flatMap(({ y, tall, gap, fill }, index) => [
    path(ground(wavyLine(random, y, 26, 2)), fill),
    wood(
      random,
      { from: -30, to: 1240, foot: (x) => y + 20 * Math.sin(x / 190 + index * 2), tall, gap },
      fill,
    ),
    `<rect y="${y - tall * 0.1}" width="1200" height="${tall * 1.1}" fill="url(#mist)"/>`,
  ]);
  return picture(
    title,
    [
      defineConifers(random, 9),
      downward('sky', [
        [0, '#1d2c50'],
        [0.25, '#4d5c86'],
        [0.42, '#c9a0a6'],
        [0.55, '#f6cfae'],
      ]),
      downward('mist', [
        [0, '#f3dcc8', 0],
        [0.6, '#e6d9d0', 0.34],
        [1, '#e6d9d0', 0],
      ]),
      outward('glow', [
        [0, '#fff', 0.4],
        [1, '#fff', 0],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...stars(random, 36, 300, '#fff'),
      circle([880, 190], 150, 'url(#glow)'),
      path('M880 128a62 62 0 1 0 44 106 54 54 0 1 1-44-106Z', '#fff5e0'),
      ...painted.slice(0, -1),
    ],
  );
};
