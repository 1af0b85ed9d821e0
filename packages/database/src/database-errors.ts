import { AppError } from '@tripod/shared/errors/app-error';
import pg from 'pg';
import { databaseErrors } from './error-table.ts';

/**
 * What a database failure means for a request. `lost`: the connection broke or stayed silent during a statement, so a
 * write may or may not have happened. `unavailable`: it did not happen and may be tried again. `badValue`: Postgres
 * refuses the value. `unknown`: a bug.
 */
export type DatabaseFailure = 'lost' | 'unavailable' | 'badValue' | 'unknown';

/** The connection could not be made, or broke. The error of the network is its cause. */
export class ConnectionLostError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ConnectionLostError';
  }
}

/** The server did not answer a statement in time, and the connection was cut. */
export class QueryTimeoutError extends ConnectionLostError {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'QueryTimeoutError';
  }
}

/** By SQLSTATE, then by its class (the first two characters). */
const meanings: Readonly<Record<string, DatabaseFailure>> = {
  // Connection exceptions. The commit may have happened before the connection broke.
  '08': 'lost',
  '40003': 'lost',
  '57P01': 'lost',
  '57P02': 'lost',
  '57P04': 'lost',
  '57P05': 'lost',
  // The server answered that it rolled back or did not begin.
  '25006': 'unavailable',
  '25P03': 'unavailable',
  '28': 'unavailable',
  '3D000': 'unavailable',
  '40': 'unavailable',
  '53': 'unavailable',
  '55P03': 'unavailable',
  '57014': 'unavailable',
  '57P03': 'unavailable',
  '58': 'unavailable',
  // The value is refused: data exceptions, constraints, program limits.
  '22': 'badValue',
  '23': 'badValue',
  '54': 'badValue',
};

/** Whether the server sent this error; others come from the connection. */
const isServerError = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError;

/** The SQLSTATE of an error that the server sent; undefined for other errors. */
export const sqlStateOf = (error: unknown): string | undefined =>
  isServerError(error) ? error.code : undefined;

/**
 * Whether the error ends the session, whatever its SQLSTATE: after a PANIC because of a full disk (53100) the commit
 * may still be in the log. Servers translate severities, so among errors of resources and of the system only an
 * English ERROR is known to end just the statement.
 */
const endsSession = ({ severity, code }: pg.DatabaseError): boolean =>
  severity === 'FATAL' || severity === 'PANIC' || (severity !== 'ERROR' && /^(53|58)/.test(code ?? ''));

/** Classifies anything that was thrown. */
export const classifyDatabaseError = (error: unknown): DatabaseFailure => {
  if (error instanceof ConnectionLostError) return 'lost';
  if (isServerError(error)) {
    if (endsSession(error)) return 'lost';
    const code = error.code ?? '';
    return meanings[code] ?? meanings[code.slice(0, 2)] ?? 'unknown';
  }
  return error instanceof AppError && error.code === 'API_DATABASE_UNAVAILABLE' ? 'unavailable' : 'unknown';
};

/** Words for errors of the system, which come with a code only. */
const systemReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be resolved now',
  EHOSTUNREACH: 'no route to that host',
  ENETUNREACH: 'no route to that network',
  ENOENT: 'no such socket',
  ETIMEDOUT: 'no answer',
};

/** The driver's errors of a connection attempt without an answer. */
const driverTimeouts: ReadonlySet<string> = new Set([
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
]);

const noTlsMessages: ReadonlySet<string> = new Set([
  'The server does not support SSL connections',
  'There was an error establishing an SSL connection',
]);

/**
 * Whether TLS itself failed: the server refuses it, or its certificate is not accepted (codes of OpenSSL and
 * node:tls).
 */
export const isTlsError = (error: unknown): boolean => {
  const { code = '', message = '' } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return (
    noTlsMessages.has(message) || /^(?:ERR_TLS|ERR_SSL|EPROTO)|CERT|^UNABLE_TO_|^HOSTNAME_MISMATCH/.test(code)
  );
};

/**
 * A short reason for people, without secrets. What Postgres or a pooler said comes in its own words, with the
 * severity and the SQLSTATE: `role "x" does not exist (FATAL 28000)`.
 */
export const describeDatabaseError = (error: unknown): string => {
  if (isServerError(error))
    return `${error.message} (${[error.severity, error.code].filter(Boolean).join(' ')})`;
  const { code, message, cause } = error as NodeJS.ErrnoException;
  if (code !== undefined && systemReasons[code] !== undefined) return systemReasons[code];
  if (error instanceof ConnectionLostError && cause !== undefined) return describeDatabaseError(cause);
  if (driverTimeouts.has(message)) return 'no answer';
  return message || code || 'unknown reason';
};

/** SQLSTATEs, or their classes, of refusals that stay until somebody changes the address or the server. */
const lastingRefusals = ['08P01', '0A', '28', '3D', '3F', '42'];

/** Whether a failed connection attempt will fail again until an operator corrects something. */
export const needsOperator = (error: unknown): boolean => {
  if (error instanceof ConnectionLostError && error.cause !== undefined) return needsOperator(error.cause);
  const state = sqlStateOf(error);
  return state === undefined ? isTlsError(error) : lastingRefusals.some((prefix) => state.startsWith(prefix));
};

/**
 * Whether the server refused a statement because of what the session remembers or how it is set up, so that a new
 * session may accept it: a cached plan whose columns changed (0A000), a prepared statement or cursor that is gone
 * (26, 34), an aborted transaction (25P), names that another search_path or role would find (3F, 42), parameters for
 * another statement of the same name (08P01). The server executed nothing, so the statement may be sent again.
 */
export const isStaleSessionError = (error: unknown): boolean =>
  isServerError(error) &&
  error.severity !== 'FATAL' &&
  /^(?:08P01|0A000|25P|26|34|3F|42)/.test(error.code ?? '');

/** Whether a prepared statement is missing in the session, or is another one: a pooler changed the session below us. */
export const isLostStatementError = (error: unknown): boolean =>
  /^(?:08P01|26000|42P05)$/.test(sqlStateOf(error) ?? '');

/**
 * Converts what the driver threw. An error of the server stays as it is; anything else is about the connection and
 * becomes a ConnectionLostError.
 */
export const toConnectionError = (error: unknown): unknown => {
  if (isServerError(error) || error instanceof ConnectionLostError || error instanceof TypeError)
    return error;
  return new ConnectionLostError(describeDatabaseError(error), error);
};

/** Creates the 503 with Retry-After: nothing was written. */
export const databaseUnavailable = (cause?: unknown): AppError =>
  new AppError(databaseErrors.API_DATABASE_UNAVAILABLE, {
    detail: 'The database is not available. Nothing was written; try again.',
    headers: { 'Retry-After': '1' },
    ...(cause === undefined ? {} : { cause }),
  });

/** Creates the 503 without Retry-After: a repeated request might write twice. */
export const writeUncertain = (cause?: unknown): AppError =>
  new AppError(databaseErrors.API_WRITE_UNCERTAIN, {
    detail: 'The database did not confirm the write. Check whether it was stored before you send it again.',
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * Converts a database failure to the error for the client. `writing` says that a statement that changes data may have
 * been sent. A refused value and a bug stay as they are: only the caller can explain them.
 */
export const translateDatabaseError = (
  error: unknown,
  { writing }: { readonly writing: boolean },
): unknown => {
  if (error instanceof AppError) return error;
  switch (classifyDatabaseError(error)) {
    case 'lost':
      return writing ? writeUncertain(error) : databaseUnavailable(error);
    case 'unavailable':
      return databaseUnavailable(error);
    case 'badValue':
    case 'unknown':
      return error;
  }
};
