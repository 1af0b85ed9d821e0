import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@tripod/shared/async/clock';
import { formatJson, type LogFields, type LogLevel } from '@tripod/shared/logging/log-line';
import type { LogSink } from '@tripod/shared/logging/log-sink';
import { type LogFile, openLogFile } from './log-file.ts';
import { type LineFormat, showLine } from './show-line.ts';

/** Everything the stack shows and keeps: its own events, and the lines of what it started. */
export type Output = {
  /** A line that a service wrote. */
  line(name: string, line: string): void;
  /** An event of the stack's own. */
  event(level: LogLevel, message: string, fields?: LogFields): void;
  /** Writes what waits and closes the files. */
  close(): void;
};

export type OutputOptions = LineFormat & {
  readonly logsDir: string;
  readonly sink: LogSink;
  readonly clock: Clock;
};

const ownName = 'stack';
const flushDelayMs = 200;

export const createOutput = ({ logsDir, sink, clock, format, colour }: OutputOptions): Output => {
  mkdirSync(logsDir, { recursive: true });
  const files = new Map<string, LogFile>();
  const flushSoon = (flush: () => void): void => void clock.after(flushDelayMs, flush);
  const fileOf = (name: string): LogFile => {
    const known = files.get(name);
    if (known) return known;
    const file = openLogFile(join(logsDir, `${name}.log`), { flushSoon });
    files.set(name, file);
    return file;
  };
  const line = (name: string, text: string): void => {
    fileOf(name).add(text);
    sink.add(showLine(name, text, clock.wallMs(), { format, colour }));
  };
  return {
    line,
    event(level, message, fields = {}) {
      line(ownName, formatJson({ timeMs: clock.wallMs(), level, name: ownName, message, fields }).trimEnd());
    },
    close() {
      for (const file of files.values()) file.close();
      files.clear();
      sink.flush();
    },
  };
};
