import { describe, expect, it } from '@jest/globals';
import { imageErrors } from '@tripod/api-server/images/image-errors';
import {
  ConnectionLostError,
  classifyDatabaseError,
  databaseUnavailable,
  describeDatabaseError,
  isStaleSessionError,
  needsOperator,
  QueryTimeoutError,
  toConnectionError,
  translateDatabaseError,
} from '@tripod/database/database-errors';
import { AppError } from '@tripod/shared/errors/app-error';
import pg from 'pg';

const serverError = (code: string, severity = 'ERROR'): Error =>
  Object.assign(new pg.DatabaseError('said so', 7, 'error'), { code, severity });
const systemError = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });
const lostError = (error: Error): unknown => toConnectionError(error);
const lost = (code: string): unknown => lostError(systemError(code));

describe('classifyDatabaseError', () => {
  it.each([
    ['connection_failure', serverError('08006'), 'lost'],
    ['admin_shutdown', serverError('57P01'), 'lost'],
    ['crash_shutdown', serverError('57P02'), 'lost'],
    ['statement_completion_unknown', serverError('40003'), 'lost'],
    ['a reset', lost('ECONNRESET'), 'lost'],
    ['a refused connection', lost('ECONNREFUSED'), 'lost'],
    ['an end without a reason', toConnectionError(new Error('Connection terminated unexpectedly')), 'lost'],
    ['silence', new QueryTimeoutError(3000), 'lost'],
    ['cannot_connect_now', serverError('57P03'), 'unavailable'],
    ['too_many_connections', serverError('53300'), 'unavailable'],
    ['disk_full', serverError('53100'), 'unavailable'],
    ['disk_full that takes the server down', serverError('53100', 'PANIC'), 'lost'],
    ['out_of_memory that ends the session', serverError('53200', 'FATAL'), 'lost'],
    ['disk_full of a server that speaks German, whatever it ends', serverError('53100', 'FEHLER'), 'lost'],
    ['io_error that takes such a server down', serverError('58030', 'PANIK'), 'lost'],
    ['admin_shutdown of a server that speaks Russian', serverError('57P01', 'ВАЖНО'), 'lost'],
    ['lock_not_available in German', serverError('55P03', 'FEHLER'), 'unavailable'],
    ['unique_violation in German', serverError('23505', 'FEHLER'), 'badValue'],
    ['lock_not_available', serverError('55P03'), 'unavailable'],
    ['query_canceled', serverError('57014'), 'unavailable'],
    ['deadlock_detected', serverError('40P01'), 'unavailable'],
    ['read_only_sql_transaction', serverError('25006'), 'unavailable'],
    ['invalid_catalog_name', serverError('3D000'), 'unavailable'],
    ['invalid_password', serverError('28P01'), 'unavailable'],
    ['an AppError for an unavailable database', databaseUnavailable(), 'unavailable'],
    ['string_data_right_truncation', serverError('22001'), 'badValue'],
    ['untranslatable_character', serverError('22P05'), 'badValue'],
    ['unique_violation', serverError('23505'), 'badValue'],
    ['undefined_table', serverError('42P01'), 'unknown'],
    ['internal_error', serverError('XX000'), 'unknown'],
    ['a programming error', new TypeError('x is not a function'), 'unknown'],
    ['an error of a migration', new Error('no'), 'unknown'],
    ['another answer', new AppError(imageErrors.API_IMAGE_INVALID), 'unknown'],
    ['a value that is not an error', 'oops', 'unknown'],
  ])('classifies %s', (_what, error, expected) => {
    expect(classifyDatabaseError(error)).toBe(expected);
  });
});

describe('translateDatabaseError', () => {
  it('says that nothing was written, with Retry-After, when a read lost its connection', () => {
    const translated = translateDatabaseError(lost('ECONNRESET'), { writing: false });
    expect(translated).toMatchObject({ code: 'API_DATABASE_UNAVAILABLE', headers: { 'Retry-After': '1' } });
  });

  it('says that the write is uncertain, without Retry-After, when a write lost its connection', () => {
    const translated = translateDatabaseError(lost('ECONNRESET'), { writing: true });
    expect(translated).toMatchObject({ code: 'API_WRITE_UNCERTAIN', headers: {} });
  });

  it('says that nothing was written when the server refused the write', () => {
    expect(translateDatabaseError(serverError('55P03'), { writing: true })).toMatchObject({
      code: 'API_DATABASE_UNAVAILABLE',
    });
  });

  it.each([
    ['a bad value', serverError('22001')],
    ['a programming error', new TypeError('x')],
    ['an answer', databaseUnavailable()],
  ])('returns %s unchanged', (_what, error) => {
    expect(translateDatabaseError(error, { writing: true })).toBe(error);
  });

  it('does not expose the cause to clients', () => {
    const cause = new ConnectionLostError('connect ECONNREFUSED 10.0.0.7:5432');
    const { detail } = translateDatabaseError(cause, { writing: true }) as AppError;
    expect(detail).not.toContain('10.0.0.7');
  });
});

describe('describeDatabaseError', () => {
  it.each([
    [systemError('ECONNREFUSED'), 'connection refused'],
    [lost('EHOSTUNREACH'), 'no route to that host'],
    [new QueryTimeoutError(3000), 'no answer within 3000 ms'],
    [systemError('ENOTFOUND'), 'no such host'],
    [serverError('28000', 'FATAL'), 'said so (FATAL 28000)'],
    [toConnectionError(serverError('28P01', 'FATAL')), 'said so (FATAL 28P01)'],
    [new Error('Connection terminated due to connection timeout'), 'no answer'],
    [new Error('the timeout of something else'), 'the timeout of something else'],
  ])('describes %s', (error, words) => {
    expect(describeDatabaseError(error)).toBe(words);
  });

  it('quotes what Postgres says about a time-out instead of guessing from the word', () => {
    const error = Object.assign(new pg.DatabaseError('canceling authentication due to timeout', 7, 'error'), {
      code: '57014',
      severity: 'FATAL',
    });
    expect(describeDatabaseError(error)).toBe('canceling authentication due to timeout (FATAL 57014)');
  });
});

describe('needsOperator', () => {
  it.each([
    ['a role that does not exist', serverError('28000', 'FATAL'), true],
    ['a wrong password', serverError('28P01', 'FATAL'), true],
    ['a database that does not exist', serverError('3D000', 'FATAL'), true],
    ['a start-up parameter that a pooler refuses', serverError('08P01', 'FATAL'), true],
    ['a server without TLS', lostError(new Error('The server does not support SSL connections')), true],
    ['a self-signed certificate', lost('DEPTH_ZERO_SELF_SIGNED_CERT'), true],
    ['a server that starts up', serverError('57P03', 'FATAL'), false],
    ['too many connections', serverError('53300', 'FATAL'), false],
    ['a refused connection', lost('ECONNREFUSED'), false],
  ])('decides whether an operator must correct %s', (_what, error, expected) => {
    expect(needsOperator(error)).toBe(expected);
  });
});

describe('isStaleSessionError', () => {
  it.each([
    ['a cached plan whose result type changed', serverError('0A000'), true],
    ['a prepared statement that is gone', serverError('26000'), true],
    ['a prepared statement that another client has made', serverError('42P05'), true],
    ['parameters for another statement of the same name', serverError('08P01'), true],
    ['a table that another search_path would find', serverError('42P01'), true],
    ['a right that another role has', serverError('42501'), true],
    ['a transaction that has failed', serverError('25P02'), true],
    ['a read-only transaction', serverError('25006'), false],
    ['a refused login', serverError('28000', 'FATAL'), false],
    ['a taken value', serverError('23505'), false],
    ['a refused connection', lost('ECONNREFUSED'), false],
  ])('decides whether a new session may accept a statement after %s', (_what, error, expected) => {
    expect(isStaleSessionError(error)).toBe(expected);
  });
});
