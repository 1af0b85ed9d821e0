import { AppError } from '@tripod/shared/errors/app-error';
import pg from 'pg';
import { databaseErrors } from './error-table.ts';

/**
 * What a failure of the database means for the one who asked. `lost`: the connection broke, or stayed silent, while
 * a statement was under way, so a write may or may not have happened. `unavailable`: it did not happen, try again.
 * `badValue`: it never will. `unknown`: a fault of ours.
 */
export type DatabaseFailure = 'lost' | 'unavailable' | 'badValue' | 'unknown';

/** The connection could not be made, or broke; what the network said of it is the cause. */
export class ConnectionLostError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ConnectionLostError';
  }
}

/** The server did not answer a statement in time; the connection was cut. */
export class QueryTimeoutError extends ConnectionLostError {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.name = 'QueryTimeoutError';
  }
}

/** By SQLSTATE, then by its class (the first two characters). */
const meanings: Readonly<Record<string, DatabaseFailure>> = {
  // Connection exceptions. The commit may have been done before the connection went.
  '08': 'lost',
  '40003': 'lost',
  '57P01': 'lost',
  '57P02': 'lost',
  '57P04': 'lost',
  '57P05': 'lost',
  // The server answered, and rolled back or did not begin.
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
  // The value is the problem: data exceptions, constraints, program limits.
  '22': 'badValue',
  '23': 'badValue',
  '54': 'badValue',
};

/** An error that the server sent, as opposed to one of the connection. */
const isServerError = (error: unknown): error is pg.DatabaseError => error instanceof pg.DatabaseError;

/** The SQLSTATE of an error that the server sent. */
export const sqlStateOf = (error: unknown): string | undefined =>
  isServerError(error) ? error.code : undefined;

/**
 * Whether the session ends, whatever the state: a log that could not be written (53100, in a PANIC) may hold the
 * commit all the same. A server tells severities in its language: of a lack of disk or memory, and of faults of the
 * system, only an English ERROR is taken for the end of just the statement.
 */
const endsSession = ({ severity, code }: pg.DatabaseError): boolean =>
  severity === 'FATAL' || severity === 'PANIC' || (severity !== 'ERROR' && /^(53|58)/.test(code ?? ''));

/** Whatever was thrown → what it means. */
export const classifyDatabaseError = (error: unknown): DatabaseFailure => {
  if (error instanceof ConnectionLostError) return 'lost';
  if (isServerError(error)) {
    if (endsSession(error)) return 'lost';
    const code = error.code ?? '';
    return meanings[code] ?? meanings[code.slice(0, 2)] ?? 'unknown';
  }
  return error instanceof AppError && error.code === 'API_DATABASE_UNAVAILABLE' ? 'unavailable' : 'unknown';
};

const reasonsByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name can not be resolved now',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  ENOENT: 'no such socket',
  ETIMEDOUT: 'no answer',
  '28P01': 'wrong password or user',
  '28000': 'this user may not connect',
  '3D000': 'no such database',
  '53300': 'too many connections',
  '57P01': 'it is shutting down',
  '57P03': 'it is starting up or shutting down',
};

/** A short reason for people, without anything secret. */
export const describeDatabaseError = (error: unknown): string => {
  const { code, message, cause } = error as NodeJS.ErrnoException;
  if (code !== undefined && reasonsByCode[code] !== undefined) return reasonsByCode[code];
  if (error instanceof ConnectionLostError && cause !== undefined) return describeDatabaseError(cause);
  if (/timeout|timed out/i.test(message)) return 'no answer';
  return message || code || 'unknown reason';
};

/**
 * What the driver threw: an error of the server as it is, and anything else, which is always about the connection,
 * as a ConnectionLostError.
 */
export const toConnectionError = (error: unknown): unknown => {
  if (isServerError(error) || error instanceof ConnectionLostError || error instanceof TypeError)
    return error;
  return new ConnectionLostError(describeDatabaseError(error), error);
};

/** 503 with Retry-After: nothing was written. */
export const databaseUnavailable = (cause?: unknown): AppError =>
  new AppError(databaseErrors.API_DATABASE_UNAVAILABLE, {
    detail: 'The database can not be used now. Nothing was written; try again.',
    headers: { 'Retry-After': '1' },
    ...(cause === undefined ? {} : { cause }),
  });

/** 503 without Retry-After: sending it again might write it twice. */
export const writeUncertain = (cause?: unknown): AppError =>
  new AppError(databaseErrors.API_WRITE_UNCERTAIN, {
    detail: 'The database did not confirm the write: look whether it is there before sending it again.',
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * Gives a failure of the database its code. `writing` says that a statement that changes something may have been
 * sent. A bad value and a fault of ours come back as they are: only the caller knows what to say of them.
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
