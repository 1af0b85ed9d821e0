import type { LogEvent } from '@tripod/shared/logging/log-line';
import type { RequestText } from '@tripod/shared/logging/request-text';

/** Parses a line of one of our loggers. Returns undefined for any other line. */
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

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Returns the request that a log event describes, or undefined when it is another event. */
export const findRequest = ({ timeMs, name, message, fields }: LogEvent): RequestText | undefined => {
  const { status, durationMs, requestId, upstream, code } = fields;
  if (typeof status !== 'number' || typeof durationMs !== 'number' || requestId === undefined)
    return undefined;
  const space = message.indexOf(' ');
  return {
    timeMs,
    name,
    method: message.slice(0, space),
    url: message.slice(space + 1),
    status,
    durationMs,
    upstream: textOf(upstream),
    code: textOf(code),
  };
};

const postgresLine = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC (.*)$/;

/** Parses a line of the embedded Postgres, whose log is in UTC. Returns undefined for any other line. */
export const parsePostgresLine = (
  line: string,
): { readonly timeMs: number; readonly message: string } | undefined => {
  const [, day, time, message = ''] = postgresLine.exec(line) ?? [];
  const timeMs = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(timeMs) ? undefined : { timeMs, message };
};

/**
 * Returns the sentence with which a process that cannot start ends, without the name of its program (`api-server: ` for
 * the process api-1); undefined for any other line.
 */
export const parseStartError = (name: string, line: string): string | undefined => {
  const service = name.replace(/-\d+$/, '');
  const [, program = '', sentence] = /^([a-z][a-z0-9-]*): (.*)$/.exec(line) ?? [];
  return program === service || program.startsWith(`${service}-`) ? sentence : undefined;
};

/** Returns whether a line is part of what Node prints below the message of an uncaught error. */
export const isStackTrace = (line: string): boolean => /^(?:\s|$|\}|Node\.js v)/.test(line);

/** The message in a line of the process `name`: of a log event, of a failed start, or the line itself. */
export const messageOf = (name: string, line: string): string =>
  parseLogLine(line)?.message ?? parseStartError(name, line) ?? line;
