import { ansi, formatLineStart, nameColourOf, paint, replaceControls, type TextStyle } from './log-line.ts';

/** What a text line shows of an answered request. */
export type RequestText = {
  /** When it ended, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The process that logs it. */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly durationMs: number;
  /** The upstreams that were tried, or the copies behind them, in the order of the tries. */
  readonly upstream?: string | undefined;
  /** The error code of the answer. */
  readonly code?: string | undefined;
};

/** Longest line in characters, line end excluded. */
const maxLineLength = 100;
/** Method, path, upstream and duration are padded to these widths; longer ones push the rest to the right. */
const widths = { method: 4, path: 24, upstream: 14, duration: 8 };
const maxNameLength = 16;
const maxMethodLength = 7;
const maxUpstreamLength = 30;
/** Characters of the path that stay visible beside a long error code. */
const minPathLength = 8;

/** Replaces the middle of a text that is longer than `length` characters by an ellipsis. */
const shorten = (text: string, length: number): string => {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const tailLength = Math.floor((length - 1) / 2);
  const head = characters.slice(0, length - 1 - tailLength);
  return `${head.join('')}…${characters.slice(characters.length - tailLength).join('')}`;
};

/** 2.4 ms, 170 ms, 12.3 s. */
const formatDuration = (ms: number): string => {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
};

const paintStatus = (status: number, colour: boolean): string => {
  const code = status >= 500 ? ansi.red : status >= 400 ? ansi.yellow : undefined;
  return code === undefined ? `${status}` : paint(`${status}`, code, colour);
};

/**
 * A request as a line of at most 100 characters, with its line end: time of day, name, status (4xx yellow, 5xx red),
 * method, path (shortened in the middle), error code, upstream, duration.
 */
export const formatRequestText = (request: RequestText, style: TextStyle): string => {
  const { colour, nameWidth = 0 } = style;
  const name = shorten(request.name, maxNameLength);
  const method = shorten(replaceControls(request.method), maxMethodLength).padEnd(widths.method);
  const upstream = request.upstream === undefined ? undefined : shorten(request.upstream, maxUpstreamLength);
  const upstreamColumn = upstream === undefined ? '' : ` ${upstream.padEnd(widths.upstream)}`;
  const duration = formatDuration(request.durationMs).padStart(widths.duration);
  const fixedLength = `00:00:00 ${name.padEnd(nameWidth)} 200 ${method} ${upstreamColumn} ${duration}`.length;
  const available = maxLineLength - fixedLength;
  const code = request.code === undefined ? '' : ` ${shorten(request.code, available - minPathLength - 1)}`;
  const url = shorten(replaceControls(request.url), available - code.length);
  const path = `${url}${paint(code, ansi.faint, colour && code !== '')}`;
  const padding = ' '.repeat(Math.max(0, Math.min(widths.path, available) - url.length - code.length));
  const start = formatLineStart(request.timeMs, name, style);
  const shownUpstream = upstream === undefined ? '' : paint(upstreamColumn, nameColourOf(upstream), colour);
  return `${start} ${paintStatus(request.status, colour)} ${method} ${path}${padding}${shownUpstream} ${paint(duration, ansi.faint, colour)}\n`;
};
