import { formatJson, formatText, type LogEvent } from '@tripod/shared/logging/log-line';
import { formatRequestText } from '@tripod/shared/logging/request-text';
import { findRequest, parseLogLine, parsePostgresLine, parseStartError } from './parse-line.ts';

export type LineFormat = { readonly format: 'text' | 'json'; readonly colour: boolean };

export type ShowLineOptions = LineFormat & {
  /** The name of an upstream, such as `api-1` for `127.0.0.1:8081`. Default: the address itself. */
  readonly nameUpstream?: (address: string) => string;
};

/** Width of the longest name of a service today, `static-server`. */
const nameWidth = 13;

const showEvent = (event: LogEvent, options: ShowLineOptions): string => {
  const { format, colour, nameUpstream = (address) => address } = options;
  if (format === 'json') return formatJson(event);
  const request = findRequest(event);
  if (!request) return formatText(event, { colour, nameWidth });
  const upstream = request.upstream?.split(', ').map(nameUpstream).join(', ');
  return formatRequestText({ ...request, upstream }, { colour, nameWidth });
};

/**
 * Formats a line that the process `name` wrote: aligned columns on a terminal, one JSON object in a pipe. A line in
 * another format becomes the message of an event.
 */
export const showLine = (name: string, line: string, timeMs: number, options: ShowLineOptions): string => {
  if (options.format === 'json' && line.startsWith('{') && line.endsWith('}')) return `${line}\n`;
  const event = { timeMs, level: 'info', name, message: line, fields: {} } as const;
  const startError = parseStartError(name, line);
  if (startError !== undefined) return showEvent({ ...event, level: 'error', message: startError }, options);
  return showEvent(parseLogLine(line) ?? { ...event, ...parsePostgresLine(line) }, options);
};
