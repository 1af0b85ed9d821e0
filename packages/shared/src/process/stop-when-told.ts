import type { Logger } from '../logging/logger.ts';
import { isStopOrder } from './supervision.ts';

/** What can be stopped in good order. */
export type Stoppable = {
  stop(options: { readonly drainDelayMs: number }): Promise<void>;
  /** Takes up what is new in its config file; says itself what came of it. */
  reload?(): void;
};

export type StopWhenToldOptions = {
  readonly logger: Logger;
  /** How long to go on serving after a signal. */
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
 * Ends the process when it is told to, by a signal or by its supervisor: once in good order, at a further signal at
 * once. It listens from now on; told during the start, it stops when the returned function is given the service.
 */
export const stopWhenTold = ({
  logger,
  drainDelayMs: configuredDelayMs,
  reloadOnHangup,
}: StopWhenToldOptions): ((service: Stoppable) => void) => {
  let drainDelayMs: number | undefined;
  let service: Stoppable | undefined;
  /** Told during the start, after the file may have been read. */
  let reloadWanted = false;
  const end = (code: number): void => {
    logger.flush();
    process.exit(code);
  };
  const stop = (): void => {
    if (!service || drainDelayMs === undefined) return;
    service.stop({ drainDelayMs }).then(
      () => {
        logger.info('stopped');
        end(0);
      },
      (error: unknown) => {
        logger.error('stopping failed', { error });
        end(1);
      },
    );
  };
  const tell = (why: string, delayMs: number): void => {
    if (drainDelayMs !== undefined) return;
    drainDelayMs = delayMs;
    logger.info('stopping', { why, drainDelayMs });
    stop();
  };
  const reload = (): void => {
    if (service) service.reload?.();
    else reloadWanted = true;
  };
  for (const [signal, number] of signals) {
    const onSignal = (): void =>
      drainDelayMs === undefined ? tell(signal, configuredDelayMs) : end(128 + number);
    process.on(signal, signal === 'SIGHUP' && reloadOnHangup ? reload : onSignal);
  }
  // The supervisor is gone, however it ended: nobody would restart or stop this process any more.
  const orphaned = (): void => tell('the supervisor is gone', 0);
  process.on('disconnect', orphaned);
  // It went before anyone listened. Without a supervisor from the start this is undefined.
  if (process.connected === false) orphaned();
  process.on('message', (message) => {
    if (isStopOrder(message)) tell('the supervisor asked', message.drainDelayMs);
  });
  return (started) => {
    service = started;
    if (reloadWanted) started.reload?.();
    stop();
  };
};
