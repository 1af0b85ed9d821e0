import { describe, expect, it } from '@jest/globals';
import { imageErrors } from '@tripod/api-server/images/image-errors';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';

describe('AppError', () => {
  it('takes its message from the table when there is no detail', () => {
    const error = new AppError(httpErrors.NOT_FOUND);
    expect(error.message).toBe('Nothing is here');
    expect(error.detail).toBeUndefined();
    expect(error.headers).toEqual({});
    expect('cause' in error).toBe(false);
  });

  it('keeps detail, wrong fields, headers and cause', () => {
    const cause = new Error('the inside');
    const errors = [{ pointer: '#/url', detail: 'must be a URL' }];
    const headers = { 'Retry-After': '1' };
    const error = new AppError(imageErrors.API_IMAGE_INVALID, {
      detail: 'One field is wrong.',
      errors,
      headers,
      cause,
    });
    expect(error).toMatchObject({
      code: 'API_IMAGE_INVALID',
      detail: 'One field is wrong.',
      errors,
      headers,
      cause,
    });
    expect(error.message).toBe('One field is wrong.');
    expect(error).toBeInstanceOf(Error);
  });
});
