import { escapeHtml } from '@tripod/shared/http/error-page';

export type Series = { readonly name: string; readonly values: readonly number[] };

export type Chart = {
  readonly title: string;
  readonly unit: string;
  /** The moments of the values in seconds. */
  readonly seconds: readonly number[];
  /** At most three. */
  readonly series: readonly Series[];
  /** Moments that get a vertical line. */
  readonly marks: readonly number[];
};

// Narrow, so that the text is readable at the width of a phone.
const width = 360;
const height = 150;
const plot = { left: 44, right: 350, top: 8, bottom: 128 };

/** The smallest of 1, 2 or 5 times a power of ten that is not below the value. */
const roundUp = (value: number): number => {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((limit) => limit >= value) ?? value;
};

const formatAxis = (value: number): string =>
  value >= 10_000 ? `${value / 1000}k` : String(Number(value.toPrecision(3)));

/** A chart over time as a figure with inline SVG. Lines differ by dashes as well as by colour. */
export const renderChart = ({ title, unit, seconds, series, marks }: Chart): string => {
  const lastSecond = Math.max(1, seconds.at(-1) ?? 1);
  const limit = roundUp(Math.max(0, ...series.flatMap(({ values }) => values)));
  const x = (second: number): string =>
    (plot.left + (Math.min(second, lastSecond) / lastSecond) * (plot.right - plot.left)).toFixed(1);
  const y = (value: number): string => (plot.bottom - (value / limit) * (plot.bottom - plot.top)).toFixed(1);
  const grid = [0, limit / 2, limit].map(
    (value) =>
      `<line class="grid" x1="${plot.left}" x2="${plot.right}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text x="${plot.left - 5}" y="${Number(y(value)) + 4}" text-anchor="end">${formatAxis(value)}</text>`,
  );
  const times = [0, lastSecond / 2, lastSecond].map(
    (second, at) =>
      `<text x="${x(second)}" y="${height - 6}" text-anchor="${['start', 'middle', 'end'][at]}">${formatAxis(second)} s</text>`,
  );
  const lines = series.map(({ values }, at) => {
    const points = values.map((value, index) => `${x(seconds[index] ?? 0)},${y(value)}`).join(' ');
    return `<polyline class="line-${at}" points="${points}"/>`;
  });
  const changes = marks.map(
    (second) =>
      `<line class="mark" x1="${x(second)}" x2="${x(second)}" y1="${plot.top}" y2="${plot.bottom}"/>`,
  );
  const largest = series.map(
    ({ name, values }) => `${name} at most ${formatAxis(Math.max(0, ...values))} ${unit}`,
  );
  const legend = series.map(
    ({ name }, at) =>
      `<li><svg viewBox="0 0 24 8" width="24" height="8" aria-hidden="true"><line class="line-${at}" x1="0" x2="24" y1="4" y2="4"/></svg> ${escapeHtml(name)}</li>`,
  );
  return `<figure>
<figcaption>${escapeHtml(title)} <span class="unit">(${escapeHtml(unit)})</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${title} over ${formatAxis(lastSecond)} s: ${largest.join(', ')}`)}">
${[...grid, ...times, ...changes, ...lines].join('\n')}
</svg>
${series.length > 1 ? `<ul class="legend">${legend.join('')}</ul>` : ''}
</figure>`;
};
