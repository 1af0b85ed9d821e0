import type { ClientConfig } from 'pg';
import type { DatabaseAddress } from './parse-database-url.ts';
import type { TlsChoice } from './tls-choices.ts';

/**
 * Every limit on the way to Postgres. The server's limits end first: a query that this process has to give up means
 * that the server or the network is gone, not that the query was slow.
 */
export const limits = {
  /** For a new connection, or for a free one of the pool. */
  connectTimeoutMs: 2000,
  /** While the server is unavailable and a new connection gets no answer, another one is tried after this time. */
  anotherTryMs: 500,
  /**
   * Limit on requests that wait for a free connection; more are refused at once. Ten connections serve many times as
   * many within `connectTimeoutMs`, and more would only fill the memory while the database hangs.
   */
  maxWaiting: 500,
  /** A statement that waits longer for a lock fails (55P03) and has written nothing. */
  lockTimeoutMs: 2000,
  /** The server ends a slower statement (57014), which has then written nothing. */
  statementTimeoutMs: 2500,
  /** Without an answer for this time the connection is cut: a half-open one would stay silent forever. */
  queryTimeoutMs: 3000,
  /** A forgotten transaction must not keep its locks. */
  idleInTransactionTimeoutMs: 10_000,
  /** Without a packet for this time the kernel probes the other side. */
  keepAliveDelayMs: 10_000,
  /** A connection that was not used for this time is closed. */
  idleTimeoutMs: 60_000,
  /** For one migration. */
  migrationTimeoutMs: 600_000,
  /** After a retry on a new session did not help, sessions are not replaced again for this time. */
  staleSessionPauseMs: 1000,
} as const;

/** Settings that all connections of a process share. `applicationName` is what pg_stat_activity shows. */
export const connectionSettings = (
  address: DatabaseAddress,
  applicationName: string,
  tls: TlsChoice | undefined = address.tls?.[0],
): ClientConfig => ({
  user: address.user,
  connectionString: address.url,
  application_name: applicationName,
  connectionTimeoutMillis: limits.connectTimeoutMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: limits.keepAliveDelayMs,
  ...(tls === undefined ? {} : { ssl: tls }),
});
