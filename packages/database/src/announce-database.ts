import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { AvailabilityState } from './availability.ts';
import { describeDatabaseError, needsOperator } from './database-errors.ts';
import { type DatabaseAddress, describeAddress } from './parse-database-url.ts';

/**
 * Logs the state of a database: each change once, and every 30 s that it is still unavailable. Never logs a password.
 */
export type DatabaseAnnouncer = {
  changed(state: AvailabilityState): void;
  /** Must be called at each attempt, with the settings that let the server lose commits, if any. */
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
  let announcedMs = 0;
  let lastRisk: string | undefined;
  return {
    changed: (state) => {
      if (state.name === 'away') {
        const reason = describeDatabaseError(state.error);
        const nowMs = clock.monotonicMs();
        // Every failed attempt calls this, so no timer is needed.
        if (reason === lastReason && nowMs - announcedMs < repeatMs) return;
        const still = reason === lastReason ? 'still ' : '';
        const outlook = needsOperator(state.error)
          ? 'this will not change by itself: correct DATABASE_URL or the server'
          : 'retrying';
        logger.warn(`the ${name} is ${still}not available: ${reason}; ${outlook}`);
        lastReason = reason;
        announcedMs = nowMs;
      } else {
        logger.info(`the ${name} is ${lastReason === '' ? 'ready' : 'available again'}`);
        lastReason = '';
      }
    },
    durability: (risk) => {
      if (risk === lastRisk) return;
      lastRisk = risk;
      if (risk === undefined) logger.info(`the ${name} commits durably again`);
      else if (allowUnsafeDurability) logger.warn(`the ${name} may lose writes in a crash: ${risk}`);
      else {
        const remedy = 'switch that on, or start with --allow-unsafe-durability';
        logger.error(`writes are refused, because the ${name} may lose them in a crash: ${risk}; ${remedy}`);
      }
    },
  };
};
