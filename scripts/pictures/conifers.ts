import type { Random } from './random.ts';
import { group, lines, type Point, round } from './svg.ts';

const kinds = ['t1', 't2', 't3'];

/** A conifer 100 high whose foot is at 0 0: tiers of drooping branches that grow wider downwards. */
const conifer = (random: Random, tiers: number): string => {
  const left: Point[] = [];
  const right: Point[] = [];
  for (let tier = 1; tier <= tiers; tier += 1) {
    const share = tier / tiers;
    const y = 93 * share - 100;
    const reach = 21 * share ** 0.9;
    right.push([reach * random(0.78, 1.12), y + 2], [reach * 0.45, y - 0.5]);
    left.push([-reach * random(0.78, 1.12), y + 2], [-reach * 0.45, y - 0.5]);
  }
  return `${lines([[0, -100], ...right, [2, 0], [-2, 0], ...left.reverse()])}Z`;
};

/** The conifers that `wood` plants: drawn once, used many times. */
export const defineConifers = (random: Random, tiers: number): string =>
  kinds.map((id) => `<path id="${id}" d="${conifer(random, tiers)}"/>`).join('');

type Edge = { from: number; to: number; foot: (x: number) => number; tall: number; gap: number };

/** A wood along a line: conifers of about the same height, so close that they overlap. */
export const wood = (random: Random, { from, to, foot, tall, gap }: Edge, fill: string): string => {
  const trees: string[] = [];
  for (let x = from; x < to; x += random(gap * 0.6, gap * 1.4)) {
    const kind = kinds[Math.floor(random(0, kinds.length))];
    const scale = Math.round(tall * random(0.6, 1.15)) / 100;
    trees.push(
      `<use href="#${kind}" transform="translate(${round(x)} ${round(foot(x) + 14)})scale(${scale})"/>`,
    );
  }
  return group(trees, `fill="${fill}"`);
};
