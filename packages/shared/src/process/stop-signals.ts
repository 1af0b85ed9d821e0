import type { Logger } from '../logging/logger.ts';
import { isStopOrder } from './supervision.ts';

/** A service that can be stopped gracefully. */
export type Stoppable = {
  stop(options: { readonly drainDelayMs: number }): Promise<void>;
  /** Reloads the config file and logs the outcome. */
  reload?(): void;
};

export type StopSignalOptions = {
  readonly logger: Logger;
  /** How long the service goes on serving after a signal. */
  readonly drainDelayMs: number;
  /** SIGHUP reloads the service instead of stopping it. */
  readonly reloadOnHangup: boolean;
};

const signals = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const;

/**
 * Handles stop signals and stop orders of the supervisor. The first one stops the service gracefully; a second signal
 * exits at once. Call it before the service starts, and pass the started service to the returned function: a stop that
 * was requested meanwhile happens then.
 */
export const handleStopSignals = ({
  logger,
  drainDelayMs: configuredDelayMs,
  reloadOnHangup,
}: StopSignalOptions): ((service: Stoppable) => void) => {
  let drainDelayMs: number | undefined;
  let service: Stoppable | undefined;
  /** A SIGHUP during the start: the config file may have been read before it. */
  let reloadRequested = false;
  const exit = (code: number): void => {
    logger.flush();
    process.exit(code);
  };
  const stop = (): void => {
    if (!service || drainDelayMs === undefined) return;
    service.stop({ drainDelayMs }).then(
      () => {
        logger.info('stopped');
        exit(0);
      },
      (error: unknown) => {
        logger.error('stopping failed', { error });
        exit(1);
      },
    );
  };
  const requestStop = (why: string, delayMs: number): void => {
    if (drainDelayMs !== undefined) return;
    drainDelayMs = delayMs;
    logger.info('stopping', { why, drainDelayMs });
    stop();
  };
  const reload = (): void => {
    if (service) service.reload?.();
    else reloadRequested = true;
  };
  for (const [signal, number] of signals) {
    const onSignal = (): void =>
      drainDelayMs === undefined ? requestStop(signal, configuredDelayMs) : exit(128 + number);
    process.on(signal, signal === 'SIGHUP' && reloadOnHangup ? reload : onSignal);
  }
  // Without its supervisor, this process would not be restarted or stopped any more.
  const orphaned = (): void => requestStop('the supervisor exited', 0);
  process.on('disconnect', orphaned);
  // The supervisor may have exited before the listener was added. Without a supervisor `connected` is undefined.
  if (process.connected === false) orphaned();
  process.on('message', (message) => {
    if (isStopOrder(message)) requestStop('stop order from the supervisor', message.drainDelayMs);
  });
  return (started) => {
    service = started;
    if (reloadRequested) started.reload?.();
    stop();
  };
};
