import { describe, expect, it } from '@jest/globals';
import { StartError, toStartError } from '../../src/errors/start-error.ts';

describe('StartError', () => {
  it('keeps its message and cause, and has no cause property without one', () => {
    const cause = new Error('refused');
    expect(new StartError('Start the database first.', cause)).toMatchObject({
      message: 'Start the database first.',
      cause,
    });
    expect('cause' in new StartError('x')).toBe(false);
  });
});

describe('toStartError', () => {
  it.each([
    [new Error('The port is taken.'), 'The port is taken.'],
    ['no error at all', 'no error at all'],
  ])('keeps what %j says, and itself as the cause', (thrown, message) => {
    const error = toStartError(thrown);
    expect(error).toBeInstanceOf(StartError);
    expect(error.message).toBe(message);
    expect(error.cause).toBe(thrown);
  });
});
