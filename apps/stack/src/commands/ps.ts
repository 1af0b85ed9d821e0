import { ansi, paint } from '@tripod/shared/logging/log-line';
import type { CommandDefinition } from '../command/command-definition.ts';
import { type ProcessRow, reportStack, type StackReport } from '../stack/report-stack.ts';

const nothing = '-';

/** Formats a duration by its two largest units: `1m 15s`. */
export const formatDuration = (ms: number | undefined): string => {
  if (ms === undefined) return nothing;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
};

const mebibyte = 1_048_576;

const formatMemory = ({ memoryBytes, budget }: ProcessRow): string => {
  if (budget) {
    return `${Math.round(budget.memoryBytes / mebibyte)} of ${Math.round(budget.limits.memoryMb)} MiB`;
  }
  return memoryBytes === undefined ? nothing : `${Math.round(memoryBytes / mebibyte)} MiB`;
};

const formatCpus = ({ budget }: ProcessRow): string =>
  budget ? `${budget.cpus.toFixed(2)} of ${budget.limits.cpus.toFixed(2)}` : nothing;

const formatState = ({ state, reason }: ProcessRow): string =>
  reason === undefined ? state : `${state}: ${reason}`;

const formatUpstream = ({ upstream }: ProcessRow): string => {
  if (!upstream) return nothing;
  const { state, inFlight, reason } = upstream;
  return `${state}${reason === undefined ? '' : ` (${reason})`}, ${inFlight} in flight`;
};

const columns: readonly (readonly [title: string, cell: (row: ProcessRow) => string])[] = [
  ['NAME', ({ name }) => name],
  ['PID', ({ pid }) => `${pid ?? nothing}`],
  ['PORT', ({ port }) => `${port ?? nothing}`],
  ['STATE', formatState],
  ['FAULT', ({ fault }) => fault ?? nothing],
  ['RESTARTS', ({ restarts }) => `${restarts ?? nothing}`],
  ['UPTIME', ({ uptimeMs }) => formatDuration(uptimeMs)],
  ['MEMORY', formatMemory],
  ['CPUS', formatCpus],
  ['IN THE PROXY', formatUpstream],
];

const stateColours: Readonly<Record<string, number>> = {
  ready: ansi.green,
  failed: ansi.red,
  stopped: ansi.faint,
};

/** The rows as an aligned table; its first line holds the titles. */
export const formatTable = (rows: readonly ProcessRow[], colour: boolean): readonly string[] => {
  const hidden = new Set<string>();
  // CPUs are measured by the control groups of a budget.
  if (rows.every(({ budget }) => budget === undefined)) hidden.add('CPUS');
  if (rows.every(({ fault }) => fault === undefined)) hidden.add('FAULT');
  const shown = columns.filter(([title]) => !hidden.has(title));
  const cells = rows.map((row) => shown.map(([, cell]) => cell(row)));
  const titles = shown.map(([title]) => title);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const formatLine = (row: readonly string[], paintCell: (text: string, at: number) => string): string =>
    row
      .map((text, at) => paintCell(text.padEnd(widths[at] ?? 0), at))
      .join('  ')
      .trimEnd();
  const stateAt = titles.indexOf('STATE');
  const paintState = (text: string, at: number): string =>
    at === stateAt ? paint(text, stateColours[text.trim()] ?? ansi.yellow, colour) : text;
  const paintTitle = (text: string): string => paint(text, ansi.faint, colour);
  return [formatLine(titles, paintTitle), ...cells.map((row) => formatLine(row, paintState))];
};

/** `stack ps`: every process of the stack. */
export const ps: CommandDefinition = {
  name: 'ps',
  description: () => 'Show every process: a table on a terminal, NDJSON in a pipe',
  example: ['ps', 'what runs, and what the proxy reports about each copy'],
  run: async ({ ask, print, isTerminal, colour }) => {
    const { processes, url, proxy } = (await ask({ command: 'ps' })) as StackReport;
    if (!isTerminal) {
      for (const row of processes) print(JSON.stringify(row));
      return;
    }
    print(`${url} by ${proxy}`);
    for (const line of formatTable(processes, colour)) print(line);
  },
  serve: {
    always: true,
    answer: ({ stack, dependencies }) => reportStack(stack, dependencies),
  },
};
