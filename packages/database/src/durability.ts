import { AppError } from '@tripod/shared/errors/app-error';
import { limits } from './connection-settings.ts';
import { databaseErrors } from './error-table.ts';

const durabilitySettings = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

const sessionLimits = {
  lock_timeout: limits.lockTimeoutMs,
  statement_timeout: limits.statementTimeoutMs,
  idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
};

/**
 * Creates the query that sets the limits of a new session, except those that the address sets itself, and asks which
 * settings decide whether a commit survives a crash. The limits are set after connecting, because poolers refuse them
 * as start-up parameters.
 */
export const createSessionQuery = (url: string): string => {
  const { searchParams } = new URL(url);
  const own = Object.entries(sessionLimits).filter(([name]) => !searchParams.has(name));
  return `select ${[
    ...durabilitySettings.map((name) => `current_setting('${name}') as ${name}`),
    ...own.map(([name, ms]) => `set_config('${name}', '${ms}', false)`),
  ].join(', ')}`;
};

/**
 * The settings that let the server lose commits, such as `fsync, synchronous_commit off`; undefined when there are
 * none.
 */
export const findDurabilityRisk = (settings: Readonly<Record<string, string>>): string | undefined => {
  const off = durabilitySettings.filter((name) => settings[name] === 'off');
  return off.length === 0 ? undefined : `${off.join(', ')} off`;
};

/** Creates the 503 without Retry-After: only an operator can correct it. */
export const durabilityOff = (): AppError =>
  new AppError(databaseErrors.API_DURABILITY_OFF, {
    detail: 'The database may lose committed writes in a crash, so writes are refused.',
  });
