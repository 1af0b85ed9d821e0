import type { LoadReport } from '../measure/report-load.ts';
import type { Report } from '../report/report.ts';

const width = 760;
const labelWidth = 220;
const plotWidth = 400;
const barHeight = 13;
const groupGap = 14;
const top = 76;

/**
 * Light colours, and dark ones for readers who prefer them. All text is on the panel, so it is readable on any page.
 */
const style = `
    .panel { fill: #ffffff; stroke: #d0d7de }
    text { fill: #1f2328; font: 12px system-ui, sans-serif }
    .value { fill: #59636e; font-size: 11px; stroke: #ffffff; stroke-width: 3px; paint-order: stroke }
    .title { font-size: 15px; font-weight: 600 }
    .small { fill: #59636e; font-size: 11px }
    .line { stroke: #1f2328; stroke-dasharray: 3 3 }
    .bar-0 { fill: #0969da } .bar-1 { fill: #8250df } .bar-2 { fill: #7d8590 } .bar-3 { fill: #bc6c00 }
    .bar-4 { fill: #1a7f64 } .bar-5 { fill: #bf3989 }
    @media (prefers-color-scheme: dark) {
      .panel { fill: #161b22; stroke: #3d444d }
      text { fill: #f0f6fc }
      .small, .value { fill: #9198a1 }
      .value { stroke: #161b22 }
      .line { stroke: #f0f6fc }
      .bar-0 { fill: #4493f8 } .bar-1 { fill: #ab7df8 } .bar-2 { fill: #9198a1 } .bar-3 { fill: #db9a3c }
      .bar-4 { fill: #3fb6a0 } .bar-5 { fill: #db61a2 }
    }
  `;

type Bar = { readonly name: string; readonly label: string; readonly ratio: number };
type Group = { readonly about: string; readonly bars: readonly Bar[] };

/** The line in the chart is the common peer. A load with another peer has it in the labels of its bars. */
const groupOf = ({ load, contestants, peer }: LoadReport, commonPeer: string): Group => ({
  about: load.about,
  bars: contestants.flatMap(({ name, figures }) => {
    const ratio = figures.find(({ figure }) => figure === 'requestsPerSecond')?.ratio;
    const label = peer === commonPeer ? name : `${name} ÷ ${peer}`;
    return ratio ? [{ name, label, ratio: ratio.median }] : [];
  }),
});

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One line for each part, at most three. */
const labelLines = (about: string): readonly string[] => {
  const parts = about.split(', ');
  return parts.map((part, index) => (index < parts.length - 1 ? `${part},` : part)).slice(0, 3);
};

const heightOf = ({ bars, about }: Group): number =>
  Math.max(bars.length * barHeight, labelLines(about).length * 15) + groupGap;

const drawGroup = (
  { about, bars }: Group,
  y: number,
  { scale, names }: { readonly scale: number; readonly names: readonly string[] },
): string => {
  const labels = labelLines(about).map(
    (line, index) =>
      `  <text x="${labelWidth - 10}" y="${y + 12 + index * 15}" text-anchor="end">${escapeXml(line)}</text>`,
  );
  const drawn = bars.flatMap(({ name, label, ratio }, index) => {
    const barTop = y + index * barHeight;
    const length = Math.round(ratio * scale);
    return [
      `  <rect class="bar-${names.indexOf(name) % 6}" x="${labelWidth}" y="${barTop + 1}" width="${length}" height="${barHeight - 2}"/>`,
      `  <text class="value" x="${labelWidth + length + 6}" y="${barTop + 10}">${ratio.toFixed(2)} ${escapeXml(label)}</text>`,
    ];
  });
  return [...labels, ...drawn].join('\n');
};

const describe = (groups: readonly Group[]): string =>
  groups
    .map(
      ({ about, bars }) =>
        `${about}: ${bars.map(({ label, ratio }) => `${label} ${ratio.toFixed(2)}`).join(', ')}.`,
    )
    .join(' ');

/** Draws the ratios of requests per second as bars, with the peer as a line at 1. */
export const drawChart = (report: Report, title: string): string => {
  const peer = report.loads[0]?.peer ?? '';
  const groups = report.loads.map((load) => groupOf(load, peer)).filter(({ bars }) => bars.length > 0);
  const names = report.contestants.map(({ name }) => name).filter((name) => name !== peer);
  const longest = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const scale = plotWidth / longest;
  const heights = groups.map(heightOf);
  const bottom = top + heights.reduce((sum, one) => sum + one, 0);
  const line = labelWidth + Math.round(scale);
  const drawn = groups.map((group, index) => {
    const y = top + heights.slice(0, index).reduce((sum, one) => sum + one, 0);
    return drawGroup(group, y, { scale, names });
  });
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 34}" width="${width}" height="${bottom + 34}" role="img" aria-labelledby="title desc">
  <title id="title">${escapeXml(title)}</title>
  <desc id="desc">${escapeXml(`Ratio to ${peer}; longer is faster. ${describe(groups)}`)}</desc>
  <style>${style}</style>
  <rect class="panel" x="0.5" y="0.5" width="${width - 1}" height="${bottom + 33}" rx="8"/>
  <text class="title" x="20" y="28">${escapeXml(title)}</text>
  <text class="small" x="20" y="46">requests per second, ${escapeXml(peer)} = 1; longer is faster</text>
  <line class="line" x1="${line}" y1="${top - 6}" x2="${line}" y2="${bottom}"/>
  <text class="small" x="${line}" y="${top - 10}" text-anchor="middle">${escapeXml(peer)}</text>
${drawn.join('\n')}
  <text class="small" x="20" y="${bottom + 18}">${escapeXml(`${report.at.slice(0, 10)}; ${versions.join(', ')}; ${report.machine.pinning}`)}</text>
</svg>
`;
};
