import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { describeStateAddress, parseStateUrl } from '@tripod/state/redis/parse-state-url';

describe('the address of a Redis', () => {
  it.each([
    ['redis://localhost', 'Redis at localhost:6379'],
    ['redis://127.0.0.1:7000/3', 'Redis at 127.0.0.1:7000'],
    ['rediss://user:secret@[::1]:6380', 'Redis at [::1]:6380'],
  ])('%s is read, and named without its password', (url, text) => {
    expect(describeStateAddress(parseStateUrl(url))).toBe(text);
  });

  it.each([
    'redis.example:6379',
    'http://localhost',
    'redis:///',
    'redis://localhost/jobs',
    'redis://u:se#cret@localhost',
    'redis://localhost?db=1',
  ])('%s is refused with a sentence that does not repeat it', (url) => {
    const parse = (): unknown => parseStateUrl(url);
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(/STATE_URL must look like redis:/);
    expect(parse).not.toThrow(url);
  });
});
