import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';

describe('ConfigError', () => {
  it('lists all problems in its message', () => {
    const error = new ConfigError([
      { source: '--port', problem: 'must be a number' },
      { source: 'HOST', problem: 'must not be empty' },
    ]);
    expect(error.message).toBe('--port must be a number; HOST must not be empty');
    expect(error.problems).toHaveLength(2);
  });
});
