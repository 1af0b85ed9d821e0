import { formatJson, formatText, type LogFields, type LogLevel } from './log-line.ts';
import type { LogSink } from './log-sink.ts';
import {
  createCombinedRequestFormat,
  createJsonRequestFormat,
  createTextRequestFormat,
  type RequestLine,
} from './request-line.ts';

/** Writes one line per event and one per request. Callers never pass cookies, passwords or Authorization headers. */
export type Logger = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  request(line: RequestLine): void;
  /** Number of lines dropped because the reader of the log is too slow. */
  dropped(): number;
  flush(): void;
};

export type LoggerOptions = {
  readonly name: string;
  readonly sink: LogSink;
  /** `combined`: requests in the combined log format, events as text. */
  readonly format: 'json' | 'text' | 'combined';
  /** Receives the events when they must be apart from the requests. Default: `sink`. */
  readonly eventSink?: LogSink;
  /** Colour codes in text lines. Default false. */
  readonly colour?: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** Creates the logger of one process; every line carries `name`. */
export const createLogger = (options: LoggerOptions): Logger => {
  const { name, sink, eventSink = sink, format, colour = false, now } = options;
  const formatRequest = {
    json: () => createJsonRequestFormat(name),
    text: () => createTextRequestFormat(name, colour),
    combined: createCombinedRequestFormat,
  }[format]();
  const log = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    const event = { timeMs: now(), level, name, message, fields };
    eventSink.add(format === 'json' ? formatJson(event) : formatText(event, { colour }));
  };
  return {
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
    request: (line) => sink.add(formatRequest(line, now())),
    dropped: () => sink.dropped() + (eventSink === sink ? 0 : eventSink.dropped()),
    flush() {
      sink.flush();
      eventSink.flush();
    },
  };
};

/** Discards everything: for tests, and for modules used without a logger. */
export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  request: () => undefined,
  dropped: () => 0,
  flush: () => undefined,
};
