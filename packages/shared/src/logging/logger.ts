import { formatJson, formatText, type LogFields, type LogLevel } from './log-line.ts';
import type { LogSink } from './log-sink.ts';
import {
  createCombinedRequestFormat,
  createJsonRequestFormat,
  createTextRequestFormat,
  type RequestLine,
} from './request-line.ts';

/** Says what happens: one line per event, one per request. Never given cookies, passwords or Authorization. */
export type Logger = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  request(line: RequestLine): void;
  /** Lines that a slow reader of the log made us drop. */
  dropped(): number;
  flush(): void;
};

export type LoggerOptions = {
  readonly name: string;
  readonly sink: LogSink;
  /** `combined`: requests as web servers log them, events as text. */
  readonly format: 'json' | 'text' | 'combined';
  /** Where events go when they must not stand among the requests. Default: `sink`. */
  readonly eventSink?: LogSink;
  /** Escape codes in text lines. Default false. */
  readonly colour?: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

export const createLogger = (options: LoggerOptions): Logger => {
  const { name, sink, eventSink = sink, format, colour = false, now } = options;
  const formatRequest = {
    json: () => createJsonRequestFormat(name),
    text: () => createTextRequestFormat(name, colour),
    combined: createCombinedRequestFormat,
  }[format]();
  const say = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    const event = { timeMs: now(), level, name, message, fields };
    eventSink.add(format === 'json' ? formatJson(event) : formatText(event, colour));
  };
  return {
    info: (message, fields) => say('info', message, fields),
    warn: (message, fields) => say('warn', message, fields),
    error: (message, fields) => say('error', message, fields),
    request: (line) => sink.add(formatRequest(line, now())),
    dropped: () => sink.dropped() + (eventSink === sink ? 0 : eventSink.dropped()),
    flush() {
      sink.flush();
      eventSink.flush();
    },
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
