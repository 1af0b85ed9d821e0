import { clouds, wavyLine } from './landscape.ts';
import { createRandom, type Random } from './random.ts';
import { backdrop, circle, downward, ellipse, ground, group, outward, path, picture, round } from './svg.ts';

const grass = (random: Random, count: number, from: number, to: number, color: string): string => {
  const blades = Array.from({ length: count }, () => {
    const x = random(0, 1200);
    const y = random(from, to);
    const tall = random(24, 70);
    const lean = random(-22, 22);
    return `M${round(x - 3)} ${round(y)}q${round(lean * 0.3)} ${round(-tall * 0.6)} ${round(lean)} ${round(-tall)}q${round(-lean * 0.4)} ${round(tall * 0.5)} ${round(6 - lean)} ${round(tall)}`;
  });
  return path(blades.join(''), color);
};

const half = [
  // ear, inside of the ear, cheek
  path('M34-132L150-262Q186-150 150-76Z', '#d9622b'),
  path('M66-140L144-226Q160-150 138-106Z', '#4b2335'),
  path('M-1-136Q90-146 150-86 172-58 208 10 180 14 166 44 110 60 44 118 20 140-1 140Z', '#e8743a'),
  path('M208 10Q180 14 166 44 110 60 44 118 20 140-1 140V72Q40 62 62 24 112-16 208 10Z', '#fff3e4'),
  path('M58-8Q70-46 104-40 124-34 130-22 112-6 92 0 72 2 58-8Z', '#33192b'),
  circle([102, -28], 6, '#fff3e4'),
];

const mirrored = (content: readonly string[]): string[] => [
  group(content, ''),
  group(content, 'transform="scale(-1 1)"'),
];

const fox = (): string[] => [
  // tail, then its white tip
  path(
    'M120 408C230 450 372 420 392 300 404 226 366 170 330 128 338 214 300 268 236 290 176 312 130 350 120 408Z',
    '#d9622b',
  ),
  path(
    'M392 300C404 226 366 170 330 128 338 190 320 232 286 262Q330 262 344 296 366 282 392 300Z',
    '#fff3e4',
  ),
  // body, chest, legs
  path('M-96 40C-150 150-176 300-150 420H150C176 300 150 150 96 40Z', '#e06a33'),
  path(
    'M-150 420C-176 340-150 250-104 236-62 250-62 360-74 424ZM150 420C176 340 150 250 104 236 62 250 62 360 74 424Z',
    '#cf5826',
  ),
  path(
    'M-84 60Q-96 150-60 196-44 186-40 232-18 214 0 262 18 214 40 232 44 186 60 196 96 150 84 60Z',
    '#f4dcc3',
  ),
  path('M-62 262Q-52 250-40 262L-24 424H-84ZM62 262Q52 250 40 262L24 424H84Z', '#e8743a'),
  path('M-72 340L-30 340-20 424Q-54 440-92 424ZM72 340L30 340 20 424Q54 440 92 424Z', '#4b2335'),
  ...mirrored(half),
  path('M-26 112Q0 98 26 112 20 140 0 146-20 140-26 112Z', '#33192b'),
  ellipse([-8, 114], 6, 3, '#8c6a78'),
];

/** A fox on a hill, in the last light. */
export const drawFox = (title: string): string => {
  const random = createRandom(3);
  return picture(
    title,
    [
      downward('sky', [
        [0, '#2f4858'],
        [0.35, '#6d7f83'],
        [0.6, '#e9b98a'],
        [0.75, '#f7d7a4'],
      ]),
      outward('glow', [
        [0, '#fff2cf', 0.9],
        [1, '#fbd9a0', 0],
      ]),
      downward('hill', [
        [0, '#a9713a'],
        [0.4, '#5e3d2c'],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...clouds(random, 8, 60, 330, '#fbe3c3'),
      circle([600, 420], 470, 'url(#glow)'),
      circle([600, 420], 262, '#fdebc4'),
      path(ground(wavyLine(random, 560, 30)), '#8a8e77', 'opacity=".75"'),
      path(ground(wavyLine(random, 640, 34)), '#66705a'),
      path('M-20 790Q300 700 620 736T1220 760V900H-20Z', 'url(#hill)'),
      grass(random, 60, 745, 790, '#8b5a33'),
      ellipse([620, 782], 330, 22, '#2d1c20', 'opacity=".4"'),
      group(fox(), 'transform="translate(590 362)"'),
      grass(random, 110, 800, 910, '#c08a45'),
      grass(random, 90, 850, 930, '#6b4527'),
    ],
  );
};
