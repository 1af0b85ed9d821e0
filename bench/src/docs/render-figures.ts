import type { LoadReport } from '../measure/report-load.ts';
import type { Report } from '../report/report.ts';
import { goalRows, loadRows } from '../report/report-rows.ts';
import { markdownTable } from '../text/columns.ts';
import { formatNumber } from '../text/format-number.ts';

const machineOf = ({ at, machine, versions, rounds, seconds }: Report): string => {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const day = at.slice(0, 10);
  return [
    `Measured on ${day}: ${machine.cores} cores of ${machine.model}, ${machine.system}; ${programs.join(', ')}.`,
    `${rounds} rounds of ${seconds} s for each contestant and load; ${machine.pinning}.`,
  ].join('\n');
};

/** Ratios of requests per second: a row for each load, a column for each contestant. */
const ratioRows = ({ contestants, loads }: Report): readonly (readonly string[])[] => {
  const withRates = loads.filter((load) =>
    load.contestants.some(({ figures }) =>
      figures.some(({ figure, ratio }) => figure === 'requestsPerSecond' && ratio),
    ),
  );
  const ratioOf = (report: LoadReport, name: string): string => {
    if (name === report.peer) return '1';
    const found = report.contestants.find((one) => one.name === name);
    const ratio = found?.figures.find(({ figure }) => figure === 'requestsPerSecond')?.ratio;
    return ratio ? formatNumber(ratio.median) : '–';
  };
  return [
    ['', ...contestants.map(({ name }) => name)],
    ...withRates.map((report) => [
      report.load.about,
      ...contestants.map(({ name }) => ratioOf(report, name)),
    ]),
  ];
};

/** Renders the figures of a run as part of a page. `chart.file` is the link target of the chart. */
export const renderFigures = (
  report: Report,
  chart: { readonly file: string; readonly title: string },
): string => {
  const { command, contestants, absent, loads, goals } = report;
  const peer = loads[0]?.peer ?? 'its peer';
  return [
    machineOf(report),
    `\`\`\`sh\n${command}\n\`\`\``,
    markdownTable([['contestant', 'configuration'], ...contestants.map(({ name, about }) => [name, about])]),
    ...absent.map(({ name, why }) => `${name} is skipped: ${why.split('\n')[0]}.`),
    `![${chart.title}: requests per second, as ratios to ${peer}](${chart.file})`,
    `Requests per second, as a ratio to ${peer}:`,
    markdownTable(ratioRows(report)),
    'Goals:',
    markdownTable(goalRows(goals)),
    'All figures: the median of the rounds, with the lowest and the highest:',
    ...loads.flatMap((one) => [`**${one.load.about}**`, markdownTable(loadRows(one))]),
  ].join('\n\n');
};
