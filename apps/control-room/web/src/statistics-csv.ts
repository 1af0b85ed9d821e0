import type { StatisticsRow } from './room-model.ts';

const columns = [
  ['Type', ({ type }: StatisticsRow) => type],
  ['Name', ({ name }: StatisticsRow) => name],
  ['Request Count', ({ requests }: StatisticsRow) => requests],
  ['Failure Count', ({ fails }: StatisticsRow) => fails],
  ['Median Response Time', ({ medianMs }: StatisticsRow) => medianMs],
  ['95%', ({ p95Ms }: StatisticsRow) => p95Ms],
  ['99%', ({ p99Ms }: StatisticsRow) => p99Ms],
  ['Average Response Time', ({ averageMs }: StatisticsRow) => averageMs],
  ['Min Response Time', ({ minMs }: StatisticsRow) => minMs],
  ['Max Response Time', ({ maxMs }: StatisticsRow) => maxMs],
  ['Average Content Size', ({ averageBytes }: StatisticsRow) => averageBytes],
  ['Requests/s', ({ currentRps }: StatisticsRow) => currentRps],
  ['Failures/s', ({ failuresPerSecond }: StatisticsRow) => failuresPerSecond],
] as const;

/** RFC 4180; a text that a spreadsheet would read as a formula gets an apostrophe before it. */
const cell = (value: string | number | undefined): string => {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Returns the statistics as CSV with the column names of Locust. */
export const statisticsCsv = (rows: readonly StatisticsRow[]): string =>
  [columns.map(([title]) => cell(title)), ...rows.map((row) => columns.map(([, read]) => cell(read(row))))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
