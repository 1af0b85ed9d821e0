import { describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { fromDiskError } from '../src/disk-error.ts';

describe('fromDiskError', () => {
  it.each([
    ['ENOENT', 'NOT_FOUND'],
    ['ENOTDIR', 'NOT_FOUND'],
    ['ENAMETOOLONG', 'NOT_FOUND'],
    ['ELOOP', 'NOT_FOUND'],
    ['ENXIO', 'NOT_FOUND'],
    ['EACCES', 'STATIC_FILE_UNREADABLE'],
    ['EPERM', 'STATIC_FILE_UNREADABLE'],
    ['EMFILE', 'STATIC_BUSY'],
    ['ENFILE', 'STATIC_BUSY'],
    ['EIO', 'INTERNAL_ERROR'],
  ])('makes %s of the disk %s', (code, expected) => {
    expect(fromDiskError(Object.assign(new Error('the inside'), { code })).code).toBe(expected);
  });

  it('leaves an error of ours as it is', () => {
    const error = new AppError(httpErrors.NOT_FOUND);
    expect(fromDiskError(error)).toBe(error);
  });
});
