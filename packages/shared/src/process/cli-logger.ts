import { constants, openSync } from 'node:fs';
import { systemClock } from '../async/clock.ts';
import { createLogSink } from '../logging/log-sink.ts';
import { createLogger, type Logger } from '../logging/logger.ts';

/** What `--log-format` may say; `auto` is text on a terminal and json elsewhere. */
export type CliLogFormat = 'auto' | 'text' | 'json' | 'combined';

/**
 * Where log lines are written without ever waiting for a reader: touching process.stdout or stderr makes a pipe or a
 * socket non-blocking; a terminal, which may be held with Ctrl-S, is opened once more.
 */
const logDescriptor = (descriptor: 1 | 2): number => {
  const { isTTY } = descriptor === 1 ? process.stdout : process.stderr;
  if (!isTTY) return descriptor;
  try {
    return openSync(`/dev/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return descriptor;
  }
};

/** A standard stream of the process. */
export type LogOutput = 'stdout' | 'stderr';

/** The logger of a process, on one of its streams. In the combined format its events are on stderr. */
export const createCliLogger = (
  name: string,
  logFormat: CliLogFormat,
  output: LogOutput = 'stdout',
): Logger => {
  const { isTTY } = process[output];
  const format = logFormat === 'auto' ? (isTTY ? 'text' : 'json') : logFormat;
  const colour = isTTY === true && !process.env['NO_COLOR'];
  return createLogger({
    name,
    sink: createLogSink(logDescriptor(output === 'stdout' ? 1 : 2)),
    ...(format === 'combined' ? { eventSink: createLogSink(logDescriptor(2)) } : {}),
    format,
    colour,
    now: systemClock.wallMs,
  });
};
