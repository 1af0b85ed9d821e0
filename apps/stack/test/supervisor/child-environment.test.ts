import { describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../src/supervisor/child-environment.ts';

describe('the environment of a service', () => {
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
  ])('does not inherit %s, which would reach every service', (name) => {
    expect(childEnvironment({ [name]: 'x' }, {})).toEqual({});
  });

  it.each(['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_OPTIONS', 'PGSSLMODE'])(
    'inherits %s',
    (name) => {
      expect(childEnvironment({ [name]: 'x' }, {})).toEqual({ [name]: 'x' });
    },
  );

  it('contains what is added, and leaves out undefined values', () => {
    const added = { DATABASE_URL: 'postgres://a/b', OTHER: undefined };
    expect(childEnvironment({ DATABASE_URL: 'postgres://c/d' }, added)).toEqual({
      DATABASE_URL: 'postgres://a/b',
    });
  });
});
