import { birds, reflection, wavyLine } from './landscape.ts';
import { createRandom, type Random } from './random.ts';
import {
  backdrop,
  circle,
  downward,
  ellipse,
  ground,
  height,
  limb,
  outward,
  path,
  picture,
  round,
  stroke,
  width,
} from './svg.ts';

const dark = '#3a1f3a';
const water = 600;

/** A heron that faces left, its feet at 0 0. */
const heron = (): string[] => [
  path(
    limb([
      [-2, 0, 9],
      [2, -110, 9],
      [12, -205, 16],
      [24, -250, 30],
    ]),
    dark,
  ),
  path(
    limb([
      [46, 0, 9],
      [40, -108, 9],
      [42, -205, 16],
      [40, -250, 30],
    ]),
    dark,
  ),
  stroke('M-34 2Q-14-6 0 0 14 2 26 6M14 4Q36-8 46 0 64 2 76 6', dark, 7),
  path(
    'M-86-356C-86-410-36-436 26-420 100-400 170-340 236-214 196-226 176-222 150-214 130-214 104-218 84-226 16-232-82-270-86-356Z',
    dark,
  ),
  path('M40-396C110-376 160-320 200-250 130-270 60-300 40-396Z', '#5d3650'),
  stroke('M66-330Q110-284 168-262M60-356Q120-310 184-264', '#3a1f3a', 5),
  path(
    limb([
      [-52, -340, 66],
      [-92, -402, 44],
      [-70, -460, 36],
      [-28, -510, 31],
      [-20, -560, 28],
      [-48, -596, 30],
      [-78, -606, 34],
    ]),
    dark,
  ),
  path('M-56-626C-84-640-120-632-138-612L-262-586-136-590C-108-580-76-588-58-606Z', dark),
  path('M-138-612L-262-586-136-594Z', '#e8924f'),
  stroke('M-70-622Q-20-630 40-600M-74-616Q-30-618 20-588', dark, 5),
  circle([-106, -611], 5, '#ffd98f'),
  stroke('M-70-330Q-60-290-34-262M-50-340Q-50-300-22-270', '#5d3650', 5),
];

const reeds = (random: Random, from: number, to: number, count: number): string =>
  Array.from({ length: count }, (_, index) => {
    const x = random(from, to);
    const foot = random(740, 900);
    const tall = random(180, 420);
    const lean = random(-50, 50);
    const top = `${round(x + lean)} ${round(foot - tall)}`;
    const blade = stroke(
      `M${round(x)} ${round(foot)}Q${round(x)} ${round(foot - tall * 0.6)} ${top}`,
      '#2b1730',
      index % 3 ? 4 : 6,
    );
    if (index % 3) return blade;
    const turn = round(lean / 5);
    return `${blade}<rect x="-9" y="-46" width="18" height="84" rx="9" transform="translate(${top})rotate(${turn})" fill="#4a2433"/>`;
  }).join('');

/** A heron in the shallows, before a very large sun. */
export const drawHeron = (title: string): string => {
  const random = createRandom(29);
  return picture(
    title,
    [
      `<g id="heron">${heron().join('')}</g>`,
      downward('sky', [
        [0, '#e2566a'],
        [0.4, '#f58f6b'],
        [0.68, '#fdcf87'],
      ]),
      downward('sea', [
        [0, '#f7b074'],
        [0.45, '#d4606b'],
        [1, '#7a2f58'],
      ]),
      downward('disc', [
        [0, '#fff7d9'],
        [1, '#ffe09a'],
      ]),
      outward('glow', [
        [0, '#fff0bd', 0.8],
        [1, '#fdcf87', 0],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      circle([640, 400], 520, 'url(#glow)'),
      circle([640, 400], 250, 'url(#disc)'),
      birds(random, [990, 200], 7, '#8a3550'),
      path(`${wavyLine(random, water - 36, 12, 3)}V${water}H0Z`, '#c55a66'),
      path(`${wavyLine(random, water - 14, 8, 2)}V${water}H0Z`, '#a24762'),
      `<rect y="${water}" width="${width}" height="${height - water}" fill="url(#sea)"/>`,
      ...reflection(random, 640, water, height, '#fff0b8'),
      '<use href="#heron" transform="translate(560 760)scale(1-.42)" opacity=".22"/>',
      ellipse([582, 762], 92, 9, '#fff0c8', 'opacity=".5"'),
      ellipse([582, 764], 150, 13, 'none', 'stroke="#fff0c8" stroke-width="2" opacity=".4"'),
      '<use href="#heron" transform="translate(560 760)"/>',
      reeds(random, 40, 250, 16),
      reeds(random, 980, 1180, 20),
      path(ground(wavyLine(random, 884, 12, 3)), '#2b1730'),
    ],
  );
};
