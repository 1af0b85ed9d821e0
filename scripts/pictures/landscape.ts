import type { Random } from './random.ts';
import { circle, curve, ellipse, group, type Point, round, stroke, width } from './svg.ts';

/** A jagged line through the given points, by halving: each half's middle is moved by less than the whole's. */
export const jaggedLine = (random: Random, outline: readonly Point[], relief: number): Point[] => {
  let points = [...outline];
  for (let reach = relief; points.length < 60; reach *= 0.5) {
    points = points.flatMap((point, index): Point[] => {
      const after = points[index + 1];
      if (!after) return [point];
      const middle: Point = [
        (point[0] + after[0]) / 2 + random(-0.3, 0.3) * reach,
        (point[1] + after[1]) / 2 + random(-reach, reach),
      ];
      return [point, middle];
    });
  }
  return points;
};

/** A gentle line across the picture: a few long waves, one over the other. */
export const wavyLine = (random: Random, y: number, relief: number, waves = 2): string => {
  const phases = [random(0, 6), random(0, 6), random(0, 6)];
  const points: Point[] = [];
  for (let x = -40; x <= width + 40; x += 80) {
    const turn = (x / width) * Math.PI * 2;
    const sum =
      Math.sin(turn * waves * 0.5 + (phases[0] ?? 0)) +
      0.4 * Math.sin(turn * waves + (phases[1] ?? 0)) +
      0.15 * Math.sin(turn * waves * 2.3 + (phases[2] ?? 0));
    points.push([x, y + sum * relief]);
  }
  return curve(points);
};

/** Long thin clouds, lit from below. */
export const clouds = (random: Random, count: number, from: number, to: number, color: string): string[] =>
  Array.from({ length: count }, (_, index) => {
    const y = from + ((to - from) * (index + random(0.2, 0.8))) / count;
    const x = random(-50, width);
    const reach = random(120, 330);
    const thick = random(4, 13);
    return [
      ellipse([x, y], reach, thick, color, `opacity="${round(random(0.2, 0.55))}"`),
      ellipse([x + random(-0.5, 0.5) * reach, y - thick * 0.9], reach * 0.5, thick, color, 'opacity=".3"'),
    ].join('');
  });

/** The light of a low sun on water: streaks that widen and part towards the viewer. */
export const reflection = (random: Random, x: number, from: number, to: number, color: string): string[] => {
  const streaks: string[] = [];
  for (let y = from + 4, step = 5; y < to; y += step, step *= 1.07) {
    const share = (y - from) / (to - from);
    for (let side = 0; side < 3; side += 1) {
      const reach = random(14, 50) * (0.7 + share * 2.2);
      const middle = x + random(-1, 1) * (26 + share * 150);
      const strength = round(Math.max(0.12, 0.95 - share * 0.75 - Math.abs(middle - x) / 420));
      streaks.push(ellipse([middle, y], reach, step * 0.24, color, `opacity="${strength}"`));
    }
  }
  return streaks;
};

/** Birds far away, as two strokes of a wing. */
export const birds = (random: Random, middle: Point, count: number, color: string): string =>
  group(
    Array.from({ length: count }, () => {
      const x = middle[0] + random(-130, 130);
      const y = middle[1] + random(-60, 60);
      const wing = random(8, 17);
      const lift = wing * random(0.5, 0.8);
      return stroke(
        `M${round(x - wing)} ${round(y - lift * 0.4)}Q${round(x - wing * 0.4)} ${round(y - lift)} ${round(x)} ${round(y)}Q${round(x + wing * 0.4)} ${round(y - lift)} ${round(x + wing)} ${round(y - lift * 0.4)}`,
        color,
        3,
      );
    }),
    'opacity=".85"',
  );

export const stars = (random: Random, count: number, to: number, color: string): string[] =>
  Array.from({ length: count }, () =>
    circle(
      [random(0, width), random(0, to)],
      random(0.8, 2.4),
      color,
      `opacity="${round(random(0.3, 0.9))}"`,
    ),
  );
