import { formatJson, formatText, type LogEvent } from '@tripod/shared/logging/log-line';

export type LineFormat = { readonly format: 'text' | 'json'; readonly colour: boolean };

const nameWidth = 13;

/** Reads a line that one of our loggers wrote. Undefined when it is anything else. */
export const parseLogLine = (line: string): LogEvent | undefined => {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { time, level, name, message, ...fields } = value as Record<string, unknown>;
  const timeMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  if (typeof name !== 'string' || typeof message !== 'string' || Number.isNaN(timeMs)) return undefined;
  return { timeMs, level: level === 'warn' || level === 'error' ? level : 'info', name, message, fields };
};

const postgresLine = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC (.*)$/;

/** Reads a line of the Postgres from npm, whose log is in UTC. Undefined when it is anything else. */
const parsePostgresLine = (
  line: string,
): { readonly timeMs: number; readonly message: string } | undefined => {
  const [, day, time, message = ''] = postgresLine.exec(line) ?? [];
  const timeMs = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(timeMs) ? undefined : { timeMs, message };
};

const complaintLine = /^(?:proxy|static-server|api-server): (.*)$/;

/** The sentence with which a service ends that can not start, without its name. Undefined for any other line. */
export const parseComplaint = (line: string): string | undefined => complaintLine.exec(line)?.[1];

const showEvent = (event: LogEvent, { format, colour }: LineFormat): string => {
  if (format === 'json') return formatJson(event);
  return formatText(event, { colour, nameWidth });
};

/**
 * A line of the service `name` as it is shown: on a terminal its particulars in short, in a pipe one JSON object.
 * A line that is no log line is shown as it is, behind the name.
 */
export const showLine = (name: string, line: string, timeMs: number, how: LineFormat): string => {
  if (how.format === 'json' && line.startsWith('{') && line.endsWith('}')) return `${line}\n`;
  const plain = { timeMs, level: 'info', name, message: line, fields: {} } as const;
  const complaint = parseComplaint(line);
  if (complaint !== undefined) return showEvent({ ...plain, level: 'error', message: complaint }, how);
  return showEvent(parseLogLine(line) ?? { ...plain, ...parsePostgresLine(line) }, how);
};
