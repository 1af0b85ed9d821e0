import { describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { fromDiskError } from '../../src/files/disk-errors.ts';

describe('fromDiskError', () => {
  it.each([
    ['ENOENT', 'NOT_FOUND'],
    ['ENOTDIR', 'NOT_FOUND'],
    ['ENAMETOOLONG', 'NOT_FOUND'],
    ['ELOOP', 'NOT_FOUND'],
    ['ENXIO', 'NOT_FOUND'],
    ['EILSEQ', 'NOT_FOUND'],
    ['EACCES', 'STATIC_FILE_UNREADABLE'],
    ['EPERM', 'STATIC_FILE_UNREADABLE'],
    ['EMFILE', 'STATIC_BUSY'],
    ['ENFILE', 'STATIC_BUSY'],
    ['EIO', 'INTERNAL_ERROR'],
  ])('converts %s to %s', (code, expected) => {
    expect(fromDiskError(Object.assign(new Error('an internal detail'), { code })).code).toBe(expected);
  });

  it('returns an AppError unchanged', () => {
    const error = new AppError(httpErrors.NOT_FOUND);
    expect(fromDiskError(error)).toBe(error);
  });
});
