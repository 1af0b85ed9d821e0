import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type pg from 'pg';
import { limits } from './connection-settings.ts';
import { describeDatabaseError, isLostStatementError, isStaleSessionError } from './database-errors.ts';

/** `auto` uses prepared statements until they are lost repeatedly; `off` never uses them. */
export type PreparedStatements = 'auto' | 'off';

export type StaleSessionsOptions = {
  readonly preparedStatements: PreparedStatements;
  /** Closes every session that is as old as this one. */
  readonly renew: (stale: pg.Client) => void;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Decides what happens after a statement failed because of the state of its session. */
export type StaleSessions = {
  /** Returns the statement to send: without its name when prepared statements are not used. */
  prepare(query: pg.QueryConfig): pg.QueryConfig;
  /** Returns the statement to retry on a new session, or undefined when the error is final. */
  recover(query: pg.QueryConfig, client: pg.Client, error: unknown): pg.QueryConfig | undefined;
  /** Reports that a new session did not help. */
  failedAgain(): void;
};

/** After this many lost prepared statements, they are no longer used. */
const maxLostStatements = 3;

const withoutName = ({ name: _name, ...query }: pg.QueryConfig): pg.QueryConfig => query;

export const createStaleSessions = (options: StaleSessionsOptions): StaleSessions => {
  const { preparedStatements, renew, clock, logger } = options;
  let usesNames = preparedStatements === 'auto';
  let lostStatements = 0;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;

  const countLost = (error: unknown): void => {
    lostStatements += 1;
    if (!usesNames || lostStatements < maxLostStatements) return;
    usesNames = false;
    const reason = describeDatabaseError(error);
    logger.warn(
      `prepared statements get lost (${reason}), as behind a pooler that shares sessions: they are no longer used; ` +
        '--prepared-statements off starts without them',
    );
  };
  return {
    prepare: (query) => (usesNames || query.name === undefined ? query : withoutName(query)),
    recover: (query, client, error) => {
      if (!isStaleSessionError(error) || clock.monotonicMs() < pausedUntilMs) return undefined;
      renew(client);
      if (!isLostStatementError(error)) return usesNames ? query : withoutName(query);
      countLost(error);
      return withoutName(query);
    },
    failedAgain: () => {
      pausedUntilMs = clock.monotonicMs() + limits.staleSessionPauseMs;
    },
  };
};
