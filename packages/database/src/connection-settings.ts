import type { ClientConfig } from 'pg';
import type { DatabaseAddress } from './parse-database-url.ts';

/**
 * Every limit on the way to Postgres, in one place, each with its reason. The server's limits end first, so that a
 * query that the client has to give up on means that the server or the way to it is gone, not that it was slow.
 */
export const limits = {
  /** To a new connection, or for a free one of the pool. */
  connectTimeoutMs: 2000,
  /** While the server is away and a new connection stays silent, another is tried after this long. */
  anotherTryMs: 500,
  /**
   * So many may wait for a free connection, and further ones are refused at once: within `connectTimeoutMs` ten
   * connections serve many times as many, and more would only fill the memory while nothing moves.
   */
  maxWaiting: 500,
  /** A lock that is held longer fails the statement (55P03), and nothing was written. */
  lockTimeoutMs: 2000,
  /** The server ends a slow statement itself (57014), and nothing was written. */
  statementTimeoutMs: 2500,
  /** Without an answer for this long the connection is cut: a half-open one would stay silent for ever. */
  queryTimeoutMs: 3000,
  /** A transaction that its owner forgot must not hold its locks. */
  idleInTransactionTimeoutMs: 10_000,
  /** Without a packet for this long the kernel asks whether the other side is still there. */
  keepAliveDelayMs: 10_000,
  /** A connection that nobody needed for this long is given back to the server. */
  idleTimeoutMs: 60_000,
  /** One migration may take this long. */
  migrationTimeoutMs: 600_000,
} as const;

/** What every connection of a process has in common. `applicationName` is what pg_stat_activity shows. */
export const connectionSettings = (address: DatabaseAddress, applicationName: string): ClientConfig => ({
  user: address.user,
  connectionString: address.url,
  application_name: applicationName,
  connectionTimeoutMillis: limits.connectTimeoutMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: limits.keepAliveDelayMs,
});

/** A connection of the pool: nothing may take long there. */
export const pooledConnectionSettings = (
  address: DatabaseAddress,
  applicationName: string,
): ClientConfig => ({
  ...connectionSettings(address, applicationName),
  lock_timeout: limits.lockTimeoutMs,
  statement_timeout: limits.statementTimeoutMs,
  idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
});
