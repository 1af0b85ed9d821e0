import { describe, expect, it } from '@jest/globals';
import { StartError } from '@tripod/shared/process/start-error';

describe('StartError', () => {
  it('keeps message and cause, and has no cause when there is none', () => {
    const cause = new Error('refused');
    expect(new StartError('Start the database first.', cause)).toMatchObject({
      message: 'Start the database first.',
      cause,
    });
    expect('cause' in new StartError('x')).toBe(false);
  });
});
