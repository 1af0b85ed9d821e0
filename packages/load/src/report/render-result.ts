import type { Percentiles } from '../measure/percentiles.ts';
import type { LoadResult } from './load-result.ts';

const formatMs = (ms: number): string =>
  ms < 10 ? ms.toFixed(2) : ms < 1000 ? ms.toFixed(1) : ms.toFixed(0);
const formatCount = (count: number): string => Math.round(count).toLocaleString('en-US');

const percentileNames = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'] as const;

/** Aligns columns: the first to the left, the others to the right. */
const align = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const timeRow = (title: string, times: Percentiles): readonly string[] => [
  title,
  ...percentileNames.map((name) => formatMs(times[name])),
];

const shorten = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`;

/** The result of a run as tables for a terminal of 80 columns. */
export const renderResult = (result: LoadResult): string => {
  const { requests, failed, durationMs, requestsPerSecond, generator, names, failures, checks, knee } =
    result;
  const parts = [
    [
      `${result.scenario} on ${result.target}`,
      `${result.model}, ${(durationMs / 1000).toFixed(1)} s: ${formatCount(requests)} requests, ` +
        `${formatCount(requestsPerSecond)} a second, ${formatCount(failed)} failed`,
    ].join('\n'),
    align([
      ['ms', ...percentileNames],
      timeRow('response time', result.responseTimeMs),
      timeRow('service time', result.serviceTimeMs),
      timeRow('send lag', result.sendLagMs),
    ]),
  ];
  if (names.length > 1 || failures.length > 0)
    parts.push(
      align([
        ['name', 'requests', 'failed', 'average', 'p50', 'p95', 'p99', 'max'],
        ...names.map(({ method, name, responseTimeMs: times, averageMs, ...counts }) => [
          shorten(`${method} ${name}`, 26),
          formatCount(counts.requests),
          formatCount(counts.failed),
          formatMs(averageMs),
          ...(['p50', 'p95', 'p99', 'max'] as const).map((key) => formatMs(times[key])),
        ]),
      ]),
    );
  if (failures.length > 0)
    parts.push(
      align([
        ['failures', 'count'],
        ...failures.map(({ kind, count }) => [shorten(kind, 60), formatCount(count)]),
      ]),
    );
  if (checks.length > 0)
    parts.push(
      checks.map(({ name, holds, detail }) => `${holds ? 'holds ' : 'BROKEN'} ${name}: ${detail}`).join('\n'),
    );
  if (knee)
    parts.push(
      `Limit: ${formatCount(knee.rate)} requests a second held, ${formatCount(knee.exceededAt)} did not.\n` +
        `Limited by ${knee.limitedBy}.`,
    );
  const cpu = generator.cpuSeconds / (durationMs / 1000);
  parts.push(
    generator.late === undefined
      ? `The generator used ${cpu.toFixed(2)} cores of this machine.`
      : `The times do not count: the generator was late (${generator.late}). It used ${cpu.toFixed(2)} cores.`,
  );
  return parts.join('\n\n');
};
