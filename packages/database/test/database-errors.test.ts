import { describe, expect, it } from '@jest/globals';
import { imageErrors } from '@tripod/api-server/images/image-errors';
import {
  ConnectionLostError,
  classifyDatabaseError,
  databaseUnavailable,
  describeDatabaseError,
  QueryTimeoutError,
  toConnectionError,
  translateDatabaseError,
} from '@tripod/database/database-errors';
import { AppError } from '@tripod/shared/errors/app-error';
import pg from 'pg';

const serverError = (code: string, severity = 'ERROR'): Error =>
  Object.assign(new pg.DatabaseError('said so', 7, 'error'), { code, severity });
const systemError = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });
const lost = (code: string): unknown => toConnectionError(systemError(code));

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
    ['our own answer to all these', databaseUnavailable(), 'unavailable'],
    ['string_data_right_truncation', serverError('22001'), 'badValue'],
    ['untranslatable_character', serverError('22P05'), 'badValue'],
    ['unique_violation', serverError('23505'), 'badValue'],
    ['undefined_table', serverError('42P01'), 'unknown'],
    ['internal_error', serverError('XX000'), 'unknown'],
    ['a fault of ours', new TypeError('x is not a function'), 'unknown'],
    ['an error of a migration', new Error('no'), 'unknown'],
    ['another answer', new AppError(imageErrors.API_IMAGE_INVALID), 'unknown'],
    ['something that is no error', 'oops', 'unknown'],
  ])('takes %s for what it is', (_what, error, expected) => {
    expect(classifyDatabaseError(error)).toBe(expected);
  });
});

describe('translateDatabaseError', () => {
  it('says that nothing was written, and to try again, when a read lost its connection', () => {
    const translated = translateDatabaseError(lost('ECONNRESET'), { writing: false });
    expect(translated).toMatchObject({ code: 'API_DATABASE_UNAVAILABLE', headers: { 'Retry-After': '1' } });
  });

  it('says that the fate is unknown, and not to try again, when a write lost its connection', () => {
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
    ['a fault of ours', new TypeError('x')],
    ['an answer', databaseUnavailable()],
  ])('gives %s back as it is', (_what, error) => {
    expect(translateDatabaseError(error, { writing: true })).toBe(error);
  });

  it('tells clients nothing of the cause', () => {
    const cause = new ConnectionLostError('connect ECONNREFUSED 10.0.0.7:5432');
    const { detail } = translateDatabaseError(cause, { writing: true }) as AppError;
    expect(detail).not.toContain('10.0.0.7');
  });
});

describe('describeDatabaseError', () => {
  it.each([
    [systemError('ECONNREFUSED'), 'connection refused'],
    [lost('EHOSTUNREACH'), 'no way to that host'],
    [new QueryTimeoutError(3000), 'no answer within 3000 ms'],
    [systemError('ENOTFOUND'), 'no such host'],
    [serverError('3D000'), 'no such database'],
    [serverError('28P01'), 'wrong password or user'],
    [new Error('Connection terminated due to connection timeout'), 'no answer'],
    [new Error('something else'), 'something else'],
  ])('puts %s into words', (error, words) => {
    expect(describeDatabaseError(error)).toBe(words);
  });
});
