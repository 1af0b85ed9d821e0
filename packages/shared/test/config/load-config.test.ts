import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { ConfigSources } from '@tripod/shared/config/find-value';
import { loadConfig, resolveConfig } from '@tripod/shared/config/load-config';
import type { Settings } from '@tripod/shared/config/settings';

const settings = {
  port: { type: 'integer', minimum: 0, maximum: 65_535, default: 8080, description: '' },
  policy: { type: 'string', enum: ['first', 'last'], default: 'first', description: '' },
  metrics: { type: 'boolean', default: true, description: '' },
  names: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, default: [], description: '' },
  routes: { type: 'array', items: { type: 'string' }, separator: ';', default: [], description: '' },
  path: { type: 'string', path: true, environment: false, default: 'assets', description: '' },
  databaseUrl: {
    type: 'string',
    pattern: '^postgres',
    shape: 'a postgres:// URL',
    secret: true,
    description: '',
  },
} as const satisfies Settings;

const load = (sources: Partial<ConfigSources>) =>
  loadConfig(settings, { workingDir: '/typed/here', ...sources });

const problemsOf = (sources: Partial<ConfigSources>): readonly string[] => {
  try {
    load(sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ source, problem }) => `${source} ${problem}`);
  }
  return [];
};

const fileOf = (values: Record<string, unknown>) => ({ name: '/etc/tripod/proxy.json', values });

describe('loadConfig', () => {
  it.each<[string, Partial<ConfigSources>, number]>([
    ['the default', {}, 8080],
    ['the file over the default', { file: fileOf({ port: 1 }) }, 1],
    ['the environment over the file', { environment: { PORT: '2' }, file: fileOf({ port: 1 }) }, 2],
    [
      'the flag over everything',
      { flags: { port: '3' }, environment: { PORT: '2' }, file: fileOf({ port: 1 }) },
      3,
    ],
    ['an empty variable as none', { environment: { PORT: '' }, file: fileOf({ port: 1 }) }, 1],
  ])('takes %s', (_which, sources, port) => {
    expect(load(sources).port).toBe(port);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('reads the boolean %s from the environment', (text, value) => {
    expect(load({ environment: { METRICS: text } }).metrics).toBe(value);
  });

  it('splits lists of the environment at their separator', () => {
    const config = load({ environment: { NAMES: 'a, b', ROUTES: '/a=1,2; /b=3' } });
    expect(config.names).toEqual(['a', 'b']);
    expect(config.routes).toEqual(['/a=1,2', '/b=3']);
  });

  it.each(['0x10', '1e3', '1.5', ' 1', '', 'NaN', '-'])('refuses %j as a whole number', (text) => {
    expect(problemsOf({ flags: { port: text } })).toEqual([
      `--port must be a whole number from 0 to 65535, and is ${JSON.stringify(text)}`,
    ]);
  });

  it('names every bad field at once, each with the place it came from', () => {
    const problems = problemsOf({
      flags: { port: '70000' },
      environment: { METRICS: 'maybe', NAMES: 'a,B' },
      file: fileOf({ policy: 'best', prot: 1 }),
    });
    expect(problems).toHaveLength(5);
    expect(problems).toEqual(
      expect.arrayContaining([
        '--port must be a whole number from 0 to 65535, and is 70000',
        'METRICS must be true or false, and is "maybe"',
        'NAMES must be a list, separated by commas, and is ["a","B"]',
        '#/policy in /etc/tripod/proxy.json must be one of first, last, and is "best"',
        '#/prot in /etc/tripod/proxy.json is not a setting',
      ]),
    );
  });

  it.each<[string, Partial<ConfigSources>]>([
    ['the environment', { environment: { DATABASE_URL: 'mysql://u:hunter2@h' } }],
    ['the file', { file: fileOf({ databaseUrl: 'mysql://u:hunter2@h' }) }],
  ])('does not show the value of a secret from %s', (_where, sources) => {
    const [problem = ''] = problemsOf(sources);
    expect(problem).toMatch(/must be a postgres:\/\/ URL$/);
    expect(problem).not.toContain('hunter2');
  });

  it.each([['__proto__'], ['constructor'], ['toString']])('refuses the key %s of a file', (name) => {
    const values = JSON.parse(`{"${name}": 1}`) as Record<string, unknown>;
    expect(problemsOf({ file: fileOf(values) })).toEqual([
      `#/${name} in /etc/tripod/proxy.json is not a setting`,
    ]);
  });

  it('refuses a text where the file should hold a number', () => {
    expect(problemsOf({ file: fileOf({ port: '80' }) })).toHaveLength(1);
  });

  it('does not read a setting without a variable from the environment', () => {
    expect(load({ environment: { PATH: '/usr/bin' } }).path).toBe('/typed/here/assets');
  });

  it.each<[string, Partial<ConfigSources>, string]>([
    ['from where the command was typed', { flags: { path: 'site' } }, '/typed/here/site'],
    ['from the folder of the file', { file: fileOf({ path: 'site' }) }, '/etc/tripod/site'],
    ['not at all when absolute', { flags: { path: '/srv' } }, '/srv'],
  ])('resolves a path %s', (_how, sources, path) => {
    expect(load(sources).path).toBe(path);
  });

  it('freezes the result and its lists', () => {
    const config = load({ flags: { names: ['a'] } });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.names)).toBe(true);
  });

  it('returns the origin of each value', () => {
    const sources = {
      flags: { port: '1' },
      environment: { POLICY: 'last' },
      file: fileOf({ metrics: false, path: 'x' }),
    };
    const { origins } = resolveConfig(settings, { workingDir: '/typed/here', ...sources });
    expect(origins).toEqual({
      port: '--port',
      policy: 'POLICY',
      metrics: '#/metrics in /etc/tripod/proxy.json',
      path: '#/path in /etc/tripod/proxy.json',
      names: 'default',
      routes: 'default',
    });
  });

  it('leaves out a setting that has neither value nor default', () => {
    expect('databaseUrl' in load({})).toBe(false);
  });
});
