import type { LogFields, LogLevel } from '@tripod/shared/logging/log-line';
import type { Logger, RequestLine } from '@tripod/shared/logging/logger';

export type CollectedEvent = {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
};

export type CollectedRequest = RequestLine & { readonly fields: LogFields };

/** A logger that keeps what it is told. */
export type CollectedLog = Logger & {
  readonly events: readonly CollectedEvent[];
  readonly requests: readonly CollectedRequest[];
  /** How many events had this message. */
  count(message: string): number;
};

export const collectLog = (): CollectedLog => {
  const events: CollectedEvent[] = [];
  const requests: CollectedRequest[] = [];
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
    request: (line, fields = {}) => void requests.push({ ...line, fields }),
    dropped: () => 0,
    flush: () => undefined,
  };
};
