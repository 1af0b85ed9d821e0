import { constants, openSync } from 'node:fs';
import { systemClock } from '../async/clock.ts';
import { createLogSink } from '../logging/log-sink.ts';
import { createLogger, type Logger } from '../logging/logger.ts';

/** The values of `--log-format`; `auto` is text on a terminal and json elsewhere. */
export type CliLogFormat = 'auto' | 'text' | 'json' | 'combined';

/**
 * Returns a descriptor on which writes never block. Node makes a pipe or socket non-blocking when process.stdout or
 * stderr is accessed; a terminal, which Ctrl-S may stop, is opened again as non-blocking.
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

/** Creates the logger of a process on one of its standard streams. In the combined format, events go to stderr. */
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
