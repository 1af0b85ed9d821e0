import { formatJson, formatText, type LogFields, type LogLevel } from './log-line.ts';
import type { LogSink } from './log-sink.ts';

/** One answered request, as every server logs it. */
export type RequestLine = {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly requestId: string;
};

/** Says what happens: one line per event, one per request. Never given cookies, passwords or Authorization. */
export type Logger = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  request(line: RequestLine, fields?: LogFields): void;
  /** Lines that a slow reader of the log made us drop. */
  dropped(): number;
  flush(): void;
};

export type LoggerOptions = {
  readonly name: string;
  readonly sink: LogSink;
  readonly format: 'json' | 'text';
  /** Escape codes in text lines. Default false. */
  readonly colour?: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

export const createLogger = ({ name, sink, format, colour = false, now }: LoggerOptions): Logger => {
  const say = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    const event = { timeMs: now(), level, name, message, fields };
    sink.add(format === 'json' ? formatJson(event) : formatText(event, colour));
  };
  return {
    info: (message, fields) => say('info', message, fields),
    warn: (message, fields) => say('warn', message, fields),
    error: (message, fields) => say('error', message, fields),
    request(line, fields) {
      const { method, url, status, bytes, requestId } = line;
      const durationMs = Math.round(line.durationMs * 100) / 100;
      const message = `${method} ${url}`;
      say('info', message, { status, durationMs, bytes, requestId, ...fields });
    },
    dropped: sink.dropped,
    flush: sink.flush,
  };
};

/** A logger that says nothing: for tests and for parts used alone. */
export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  request: () => undefined,
  dropped: () => 0,
  flush: () => undefined,
};
