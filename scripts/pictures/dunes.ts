import { clouds } from './landscape.ts';
import { createRandom } from './random.ts';
import { backdrop, circle, curve, downward, outward, type Point, path, picture, sideways } from './svg.ts';

/** A dune: a lit face, and the face in shadow that begins at its crest. */
const dune = (outline: readonly Point[], crest: readonly Point[], lit: string, shadow: string): string[] => [
  path(`${curve(outline)}V900H-20Z`, lit),
  path(`${curve(crest)}V900H-20Z`, shadow),
];

/** Dunes in the evening sun, with a caravan's trail leading over them. */
export const drawDunes = (title: string): string => {
  const random = createRandom(5);
  return picture(
    title,
    [
      downward('sky', [
        [0, '#41658a'],
        [0.3, '#9aa5b1'],
        [0.5, '#f3c9a0'],
        [0.62, '#ffdda6'],
      ]),
      outward('glow', [
        [0, '#fff3cf', 1],
        [0.3, '#ffe0a0', 0.55],
        [1, '#ffdda6', 0],
      ]),
      sideways('far', [
        [0, '#d98f63'],
        [1, '#f0b878'],
      ]),
      sideways('mid', [
        [0, '#c97145'],
        [0.7, '#ec9d58'],
        [1, '#f4b36b'],
      ]),
      sideways('near', [
        [0, '#b4552f'],
        [0.55, '#dd7f41'],
        [1, '#f09b52'],
      ]),
      downward('shade', [
        [0, '#8c4335'],
        [1, '#55273a'],
      ]),
      downward('deep', [
        [0, '#6e2f33'],
        [1, '#35182d'],
      ]),
    ],
    [
      backdrop('url(#sky)'),
      ...clouds(random, 7, 90, 330, '#ffe9cf'),
      circle([905, 385], 330, 'url(#glow)'),
      circle([905, 385], 62, '#fff6dc'),
      path(
        `${curve([
          [-20, 490],
          [160, 455],
          [330, 480],
          [520, 440],
          [700, 470],
          [900, 455],
          [1060, 480],
          [1220, 450],
        ])}V900H-20Z`,
        '#c98a76',
      ),
      ...dune(
        [
          [-20, 540],
          [170, 520],
          [380, 470],
          [560, 505],
          [760, 545],
          [960, 505],
          [1220, 530],
        ],
        [
          [-20, 545],
          [170, 524],
          [380, 471],
          [420, 520],
          [330, 590],
          [400, 660],
          [300, 760],
          [420, 900],
        ],
        'url(#far)',
        '#b06a57',
      ),
      ...dune(
        [
          [-20, 640],
          [140, 650],
          [360, 610],
          [600, 560],
          [790, 520],
          [930, 570],
          [1080, 610],
          [1220, 590],
        ],
        [
          [-20, 642],
          [140, 652],
          [360, 612],
          [600, 561],
          [790, 520],
          [770, 590],
          [830, 660],
          [740, 740],
          [800, 900],
        ],
        'url(#mid)',
        'url(#shade)',
      ),
      ...dune(
        [
          [-20, 760],
          [180, 700],
          [330, 655],
          [470, 690],
          [650, 760],
          [860, 775],
          [1040, 730],
          [1220, 690],
        ],
        [
          [-20, 762],
          [180, 701],
          [330, 655],
          [350, 715],
          [300, 770],
          [390, 830],
          [350, 900],
        ],
        'url(#near)',
        'url(#deep)',
      ),
      path(
        `${curve([
          [520, 900],
          [700, 845],
          [900, 835],
          [1100, 800],
          [1220, 770],
        ])}V900Z`,
        '#6e2f33',
        'opacity=".85"',
      ),
      ...[0, 1, 2, 3].map((index) => camel(596 + index * 52, 560 - index * 11, 0.5)),
    ],
  );
};

const camel = (x: number, y: number, scale: number): string =>
  `<g transform="translate(${x} ${y}) scale(${scale})" fill="#4a2230"><path d="M-34 0V-30Q-38-46-24-50-12-76 2-52 8-50 14-50q14-2 16-20 0-10 8-12l16 4-2 8-14 2q-2 30-16 38l-4 8V0h-5L12-24-14-24-20-22-24 0h-4l1-24-3 24Z"/></g>`;
