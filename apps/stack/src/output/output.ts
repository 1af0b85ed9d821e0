import { join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { formatJson, type LogFields, type LogLevel } from '@tripod/shared/logging/log-line';
import type { LogSink } from '@tripod/shared/logging/log-sink';
import { createLogFile, type LogFile } from './log-file.ts';
import { findRequest, parseLogLine } from './parse-line.ts';
import { type ShowLineOptions, showLine } from './show-line.ts';

/** Shows the events of the stack and the lines of its processes, and writes each to the log file of its process. */
export type Output = {
  /** A line that the process `name` wrote. */
  line(name: string, line: string): void;
  /** A line of an access log in another format than ours. */
  accessLine(name: string, line: string): void;
  /** An event of the stack itself. */
  event(level: LogLevel, message: string, fields?: LogFields): void;
  /** Writes the buffered lines and closes the files. */
  close(): void;
};

export type OutputOptions = ShowLineOptions & {
  readonly logsDir: string;
  readonly sink: LogSink;
  readonly clock: Clock;
  /** Whether the request lines of a process are shown; its log file has them in any case. Default: all are shown. */
  readonly showsRequestsOf?: (name: string) => boolean;
};

const ownName = 'stack';
const flushDelayMs = 200;

const isRequest = (line: string): boolean => {
  const event = parseLogLine(line);
  return event !== undefined && findRequest(event) !== undefined;
};

/** Creates the output of a stack. Each process gets its log file with its first line. */
export const createOutput = (options: OutputOptions): Output => {
  const { logsDir, sink, clock, showsRequestsOf = () => true } = options;
  const files = new Map<string, LogFile>();
  const flushSoon = (flush: () => void): void => void clock.after(flushDelayMs, flush);
  // Shown only: the file of the stack itself may be the one that can't be written.
  const onProblem = (message: string): void =>
    show(
      ownName,
      formatJson({ timeMs: clock.wallMs(), level: 'warn', name: ownName, message, fields: {} }).trimEnd(),
    );
  const fileOf = (name: string): LogFile => {
    const known = files.get(name);
    if (known) return known;
    const file = createLogFile(join(logsDir, `${name}.log`), { flushSoon, onProblem });
    files.set(name, file);
    return file;
  };
  const show = (name: string, line: string): void => sink.add(showLine(name, line, clock.wallMs(), options));
  return {
    line(name, line) {
      fileOf(name).add(line);
      if (showsRequestsOf(name) || !isRequest(line)) show(name, line);
    },
    accessLine(name, line) {
      fileOf(name).add(line);
      if (showsRequestsOf(name)) show(name, line);
    },
    event(level, message, fields = {}) {
      const event = { timeMs: clock.wallMs(), level, name: ownName, message, fields };
      const line = formatJson(event).trimEnd();
      fileOf(ownName).add(line);
      show(ownName, line);
    },
    close() {
      for (const file of files.values()) file.close();
      files.clear();
      sink.flush();
    },
  };
};
