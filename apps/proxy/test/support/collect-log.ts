import type { LogFields, LogLevel } from '@tripod/shared/logging/log-line';
import type { Logger } from '@tripod/shared/logging/logger';
import type { RequestLine } from '@tripod/shared/logging/request-line';

export type CollectedEvent = {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
};

/** A logger that records its events and requests. */
export type CollectedLog = Logger & {
  readonly events: readonly CollectedEvent[];
  readonly requests: readonly RequestLine[];
  /** The number of events with this message. */
  count(message: string): number;
};

export const collectLog = (): CollectedLog => {
  const events: CollectedEvent[] = [];
  const requests: RequestLine[] = [];
  const keep =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      void events.push({ level, message, fields });
  return {
    events,
    requests,
    count: (wanted) => events.filter(({ message }) => message === wanted).length,
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    request: (line) => void requests.push(line),
    dropped: () => 0,
    flush: () => undefined,
  };
};
