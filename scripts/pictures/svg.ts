export type Point = readonly [x: number, y: number];
export type Stop = readonly [offset: number, color: string, opacity?: number];

/** Every picture is 4:3, as wide and high as this. */
export const width = 1200;
export const height = 900;

export const round = (value: number): string => String(Math.round(value * 10) / 10);

const at = ([x, y]: Point): string => `${round(x)} ${round(y)}`;

/** Straight lines through the points, as path data without a closing Z. */
export const lines = (points: readonly Point[]): string => `M${points.map(at).join('L')}`;

/** A smooth curve through the points (Catmull-Rom as cubic Béziers), as path data without a closing Z. */
export const curve = (points: readonly Point[]): string => {
  const pointAt = (index: number): Point => points[Math.max(0, Math.min(points.length - 1, index))] as Point;
  const parts = points.slice(1).map((to, index) => {
    const [before, from, after] = [pointAt(index - 1), pointAt(index), pointAt(index + 2)];
    const first: Point = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const second: Point = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    return `C${at(first)} ${at(second)} ${at(to)}`;
  });
  return `M${at(pointAt(0))}${parts.join('')}`;
};

/** Fills the area below path data that runs from the left edge to the right one. */
export const ground = (data: string): string => `${data}V${height}H0Z`;

export const path = (data: string, fill: string, more = ''): string =>
  `<path d="${data}" fill="${fill}"${more && ` ${more}`}/>`;

export const stroke = (data: string, color: string, thickness: number, more = ''): string =>
  `<path d="${data}" fill="none" stroke="${color}" stroke-width="${thickness}" stroke-linecap="round"${more && ` ${more}`}/>`;

export const circle = ([x, y]: Point, radius: number, fill: string, more = ''): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"${more && ` ${more}`}/>`;

export const ellipse = ([x, y]: Point, radiusX: number, radiusY: number, fill: string, more = ''): string =>
  `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(radiusX)}" ry="${round(radiusY)}" fill="${fill}"${more && ` ${more}`}/>`;

export const backdrop = (fill: string): string =>
  `<rect width="${width}" height="${height}" fill="${fill}"/>`;

export const group = (content: readonly string[], attributes: string): string =>
  `<g ${attributes}>${content.join('')}</g>`;

const stopTags = (stops: readonly Stop[]): string =>
  stops
    .map(([offset, color, opacity]) => {
      const translucent = opacity === undefined ? '' : ` stop-opacity="${opacity}"`;
      return `<stop offset="${offset}" stop-color="${color}"${translucent}/>`;
    })
    .join('');

/** A gradient from top to bottom of what it fills. */
export const downward = (id: string, stops: readonly Stop[]): string =>
  `<linearGradient id="${id}" x2="0" y2="1">${stopTags(stops)}</linearGradient>`;

/** A gradient from left to right of what it fills. */
export const sideways = (id: string, stops: readonly Stop[]): string =>
  `<linearGradient id="${id}">${stopTags(stops)}</linearGradient>`;

/** A gradient from the middle outwards. */
export const outward = (id: string, stops: readonly Stop[]): string =>
  `<radialGradient id="${id}">${stopTags(stops)}</radialGradient>`;

/**
 * A limb, a neck, a branch: the area along a smooth line, with a thickness for each of its points. The ends
 * are cut straight.
 */
export const limb = (spine: readonly (readonly [x: number, y: number, thickness: number])[]): string => {
  const sides = spine.map(([x, y, thickness], index) => {
    const [fromX, fromY] = spine[Math.max(0, index - 1)] as (typeof spine)[number];
    const [toX, toY] = spine[Math.min(spine.length - 1, index + 1)] as (typeof spine)[number];
    const length = Math.hypot(toX - fromX, toY - fromY) || 1;
    const acrossX = (-(toY - fromY) / length) * (thickness / 2);
    const acrossY = ((toX - fromX) / length) * (thickness / 2);
    return { one: [x + acrossX, y + acrossY] as Point, other: [x - acrossX, y - acrossY] as Point };
  });
  const back = curve(sides.map(({ other }) => other).reverse());
  return `${curve(sides.map(({ one }) => one))}L${back.slice(1)}Z`;
};

/** A whole SVG file: its title, the definitions, then what is painted, in order. */
export const picture = (title: string, definitions: readonly string[], painted: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
  `<title>${title}</title><defs>${definitions.join('')}</defs>${painted.join('\n')}</svg>\n`;
