import { ansi, paint } from '@tripod/shared/logging/log-line';
import type { ProcessSample, StackEvent, StackSample } from '@tripod/stack-client/reading';

const nothing = '-';
const mebibyte = 1_048_576;
const maxColumns = 80;

const fixed = (value: number | null | undefined, digits: number): string =>
  typeof value === 'number' ? value.toFixed(digits) : nothing;

const formatState = ({ state, fault, upstreamState }: ProcessSample): string => {
  if (fault !== undefined) return fault;
  return upstreamState === undefined || upstreamState === 'available' ? state : upstreamState;
};

const failedPerSecond = ({ byStatus, failuresPerSecond }: ProcessSample): number | undefined =>
  byStatus === undefined ? undefined : (byStatus['5xx'] ?? 0) + (failuresPerSecond ?? 0);

/** The widths add up to 80 columns with the blanks between them. */
const columns: readonly (readonly [title: string, width: number, cell: (row: ProcessSample) => string])[] = [
  ['NAME', -14, ({ name }) => name],
  ['STATE', -12, formatState],
  ['REQ/S', 7, ({ requestsPerSecond }) => fixed(requestsPerSecond, 0)],
  ['5XX/S', 5, (row) => fixed(failedPerSecond(row), 0)],
  ['OPEN', 4, ({ inFlight }) => fixed(inFlight, 0)],
  ['P50', 6, ({ p50Ms }) => fixed(p50Ms, 1)],
  ['P99', 6, ({ p99Ms }) => fixed(p99Ms, 1)],
  ['CPU', 5, ({ cpu }) => (cpu === undefined ? nothing : `${(cpu * 100).toFixed(0)}%`)],
  [
    'MIB',
    5,
    ({ memoryBytes }) => (memoryBytes === undefined ? nothing : `${Math.round(memoryBytes / mebibyte)}`),
  ],
  ['LOOP', 6, ({ loopDelayMs }) => (loopDelayMs === null ? 'silent' : fixed(loopDelayMs, 0))],
];

/** A negative width aligns to the left. */
const fit = (text: string, width: number): string =>
  width < 0 ? text.slice(0, -width).padEnd(-width) : text.slice(0, width).padStart(width);

const formatRow = (cells: readonly string[]): string =>
  cells
    .map((text, at) => fit(text, columns[at]?.[1] ?? 0))
    .join(' ')
    .trimEnd();

const colourOf = ({ state, fault, upstreamState }: ProcessSample): number | undefined => {
  if (state === 'failed') return ansi.red;
  const isWell = state === 'ready' && fault === undefined && (upstreamState ?? 'available') === 'available';
  return isWell ? undefined : ansi.yellow;
};

const formatEvent = ({ at, service, kind, detail }: StackEvent): string => {
  const time = new Date(at).toTimeString().slice(0, 8);
  return `${time} ${service} ${kind}${detail === undefined ? '' : `: ${detail}`}`.slice(0, maxColumns);
};

/** A sample and the latest events as lines of at most 80 columns. Latencies are in milliseconds. */
export const formatReadings = (
  { processes, proxy, database }: StackSample,
  events: readonly StackEvent[],
  colour: boolean,
): readonly string[] => {
  const summary = [
    ...(proxy
      ? [
          `${fixed(proxy.requestsPerSecond, 0)} req/s`,
          `p50 ${fixed(proxy.p50Ms, 1)} ms`,
          `p99 ${fixed(proxy.p99Ms, 1)} ms`,
          `retries ${proxy.retries ?? nothing}`,
          `ejections ${proxy.ejections ?? nothing}`,
          ...(proxy.policy === undefined ? [] : [proxy.policy]),
        ]
      : []),
  ].join(' · ');
  const databaseLine =
    database &&
    `database: ${database.connections} of ${database.maxConnections} connections · ${fixed(database.transactionsPerSecond, 0)} transactions/s · ${database.waiting} waiting`;
  return [
    ...(proxy ? [summary.slice(0, maxColumns)] : []),
    ...(databaseLine === undefined ? [] : [databaseLine.slice(0, maxColumns)]),
    paint(formatRow(columns.map(([title]) => title)), ansi.faint, colour),
    ...processes.map((row) => {
      const line = formatRow(columns.map(([, , cell]) => cell(row)));
      const code = colourOf(row);
      return code === undefined ? line : paint(line, code, colour);
    }),
    ...events.map(formatEvent),
  ];
};
