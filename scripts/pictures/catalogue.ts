import { drawDeer } from './deer.ts';
import { drawDunes } from './dunes.ts';
import { drawFox } from './fox.ts';
import { drawHeron } from './heron.ts';
import { drawOwl } from './owl.ts';
import { drawPenguins } from './penguins.ts';
import { drawPines } from './pines.ts';
import { drawRidges } from './ridges.ts';
import { drawSavanna } from './savanna.ts';
import { drawSunset } from './sunset.ts';
import { drawWhale } from './whale.ts';

const catalogue: { name: string; title: string; draw: (title: string) => string }[] = [
  { name: 'sunset', title: 'Sunset', draw: drawSunset },
  { name: 'fox', title: 'Fox', draw: drawFox },
  { name: 'dunes', title: 'Dunes', draw: drawDunes },
  { name: 'whale', title: 'Whale and calf', draw: drawWhale },
  { name: 'ridges', title: 'Mountain lake', draw: drawRidges },
  { name: 'heron', title: 'Heron', draw: drawHeron },
  { name: 'owl', title: 'Owl', draw: drawOwl },
  { name: 'savanna', title: 'Giraffes', draw: drawSavanna },
  { name: 'penguins', title: 'Penguins', draw: drawPenguins },
  { name: 'deer', title: 'Stag', draw: drawDeer },
  { name: 'pines', title: 'Pines', draw: drawPines },
];

/** The gallery's own pictures: each file's name in assets/images/, and what is in it. */
export const drawPictures = (): Map<string, string> =>
  new Map(catalogue.map(({ name, title, draw }) => [`${name}.svg`, draw(title)]));
