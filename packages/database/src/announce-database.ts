import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { AvailabilityState } from './availability.ts';
import { describeDatabaseError } from './database-errors.ts';
import { type DatabaseAddress, describeAddress } from './parse-database-url.ts';

/**
 * What people are told of a database: each change once, and every 30 s that it is still away; with its address and
 * never its password.
 */
export type DatabaseAnnouncer = {
  changed(state: AvailabilityState): void;
  /** Told at each attempt which settings let the server lose what it has confirmed, if any. */
  durability(risk: string | undefined): void;
};

const repeatMs = 30_000;

export const createDatabaseAnnouncer = (
  address: DatabaseAddress,
  logger: Logger,
  clock: Clock,
  allowUnsafeDurability: boolean,
): DatabaseAnnouncer => {
  const name = describeAddress(address);
  let lastReason = '';
  let toldMs = 0;
  let lastRisk: string | undefined;
  return {
    changed: (state) => {
      if (state.name === 'away') {
        const reason = describeDatabaseError(state.error);
        const nowMs = clock.monotonicMs();
        // Each failed attempt comes by here, so no timer is needed.
        if (reason === lastReason && nowMs - toldMs < repeatMs) return;
        const still = reason === lastReason ? 'still ' : '';
        logger.warn(`the ${name} is ${still}not available: ${reason}; it is tried again`);
        lastReason = reason;
        toldMs = nowMs;
      } else {
        logger.info(`the ${name} is ${lastReason === '' ? 'ready' : 'available again'}`);
        lastReason = '';
      }
    },
    durability: (risk) => {
      if (risk === lastRisk) return;
      lastRisk = risk;
      if (risk === undefined) logger.info(`the ${name} keeps what it confirms again`);
      else if (allowUnsafeDurability) logger.warn(`the ${name} may lose writes in a crash: ${risk}`);
      else {
        const remedy = 'switch that on, or start with --allow-unsafe-durability';
        logger.error(`writes are refused, because the ${name} may lose them in a crash: ${risk}; ${remedy}`);
      }
    },
  };
};
