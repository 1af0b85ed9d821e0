import { describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../src/supervisor/child-environment.ts';

describe('childEnvironment', () => {
  it.each([
    'PORT',
    'HOST',
    'NAME',
    'ENGINE',
    'POLICY',
    'LOG_FORMAT',
    'DRAIN_DELAY_MS',
    'DATABASE_URL',
    'INIT_CWD',
  ])('does not pass %s on, which would reach every service', (name) => {
    expect(childEnvironment({ [name]: 'x' }, {})).toEqual({});
  });

  it.each(['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_OPTIONS', 'PGSSLMODE'])(
    'passes %s on',
    (name) => {
      expect(childEnvironment({ [name]: 'x' }, {})).toEqual({ [name]: 'x' });
    },
  );

  it('adds what it is given, and leaves out what is undefined', () => {
    const added = { DATABASE_URL: 'postgres://a/b', OTHER: undefined };
    expect(childEnvironment({ DATABASE_URL: 'postgres://c/d' }, added)).toEqual({
      DATABASE_URL: 'postgres://a/b',
    });
  });
});
