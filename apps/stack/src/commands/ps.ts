import type { ProcessRow, StackReport } from '../control/protocol.ts';
import { ask, type CommandContext } from './command-context.ts';

const nothing = '-';

/** 75 s → `1m 15s`: the two largest units. */
export const formatDuration = (ms: number | undefined): string => {
  if (ms === undefined) return nothing;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
};

const formatMemory = (bytes: number | undefined): string =>
  bytes === undefined ? nothing : `${Math.round(bytes / 1_048_576)} MiB`;

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
  ['RESTARTS', ({ restarts }) => `${restarts ?? nothing}`],
  ['UPTIME', ({ uptimeMs }) => formatDuration(uptimeMs)],
  ['MEMORY', ({ memoryBytes }) => formatMemory(memoryBytes)],
  ['PROXY SAYS', formatUpstream],
];

const stateColours: Readonly<Record<string, number>> = { ready: 32, failed: 31, stopped: 2 };

/** The rows as an aligned table, first line the titles. */
export const formatTable = (rows: readonly ProcessRow[], colour: boolean): readonly string[] => {
  const cells = rows.map((row) => columns.map(([, cell]) => cell(row)));
  const titles = columns.map(([title]) => title);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[], paint: (text: string, at: number) => string): string =>
    row
      .map((text, at) => paint(text.padEnd(widths[at] ?? 0), at))
      .join('  ')
      .trimEnd();
  const stateAt = titles.indexOf('STATE');
  const paintState = (text: string, at: number): string =>
    colour && at === stateAt ? `\u001b[${stateColours[text.trim()] ?? 33}m${text}\u001b[0m` : text;
  const paintTitle = (text: string): string => (colour ? `\u001b[2m${text}\u001b[0m` : text);
  return [line(titles, paintTitle), ...cells.map((row) => line(row, paintState))];
};

/** `stack ps`: every process of the stack. */
export const runPs = async (context: CommandContext): Promise<void> => {
  const { processes, url, proxy } = (await ask(context, { command: 'ps' })) as StackReport;
  if (!context.isTerminal) {
    for (const row of processes) context.print(JSON.stringify(row));
    return;
  }
  context.print(`${url} by ${proxy}`);
  for (const line of formatTable(processes, context.colour)) context.print(line);
};
