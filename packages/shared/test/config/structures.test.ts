import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { describeSettings } from '@tripod/shared/config/describe-settings';
import type { ConfigSources } from '@tripod/shared/config/find-value';
import { loadConfig } from '@tripod/shared/config/load-config';
import type { Settings } from '@tripod/shared/config/settings';

type Item = { readonly name: string; readonly size?: number };

const settings = {
  item: { type: 'array', items: { type: 'string' }, default: ['a'], description: 'Short items' },
  items: {
    type: 'structure',
    insteadOf: 'item',
    shape: 'a list of items',
    description: 'Items with their sizes',
    schema: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: { type: 'string', pattern: '^[a-z]+$', description: 'a word of small letters' },
          size: { type: 'integer', minimum: 1, description: 'a whole number of 1 or more' },
          either: {
            if: { type: 'object' },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
            then: { type: 'object', required: ['x'], properties: { x: { type: 'integer' } } },
            else: { type: 'string', description: 'a text or an object' },
          },
        },
      },
    },
    faults: (items: readonly Item[]) =>
      items.flatMap(({ name }, index) =>
        name === 'bad' ? [{ pointer: `/${index}/name`, problem: 'must not be bad' }] : [],
      ),
  },
} as const satisfies Settings;

const load = (sources: Partial<ConfigSources>) => loadConfig(settings, { workingDir: '/', ...sources });

const fileOf = (items: unknown, more: Record<string, unknown> = {}) => ({
  file: { name: '/etc/x.json', values: { items, ...more } },
});

const problemsOf = (sources: Partial<ConfigSources>) => {
  try {
    load(sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
  return [];
};

describe('a setting that is a structure', () => {
  it('is read from the file', () => {
    expect(load(fileOf([{ name: 'a', size: 2 }])).items).toEqual([{ name: 'a', size: 2 }]);
  });

  it('has neither a flag nor a variable', () => {
    expect(load({ environment: { ITEMS: 'a' } }).items).toBeUndefined();
    expect(describeSettings(settings)).toContain('| – (`items` in a file) | – | – | a list of items |');
  });

  it('lists every problem at once, each with its JSON pointer', () => {
    const items = [
      { name: 'A', size: 0 },
      { size: 'x' },
      { name: 'a', colour: 1, 'a/b~c': 1 },
      { name: 'b', either: 1 },
      { name: 'c', either: {} },
    ];
    const problems = problemsOf(fileOf(items));
    expect(problems.map(({ source, problem }) => `${source} ${problem}`).sort()).toEqual([
      '#/items/0/name in /etc/x.json must be a word of small letters, and is "A"',
      '#/items/0/size in /etc/x.json must be a whole number of 1 or more, and is 0',
      '#/items/1/name in /etc/x.json is missing',
      '#/items/1/size in /etc/x.json must be a whole number of 1 or more, and is "x"',
      '#/items/2/a~1b~0c in /etc/x.json is not a setting',
      '#/items/2/colour in /etc/x.json is not a setting',
      '#/items/3/either in /etc/x.json must be a text or an object, and is 1',
      '#/items/4/either/x in /etc/x.json is missing',
    ]);
    expect(problems.map(({ pointer }) => pointer)).toContain('#/items/2/a~1b~0c');
  });

  it('runs its own checks when the schema is satisfied', () => {
    expect(problemsOf(fileOf([{ name: 'bad' }]))).toEqual([
      { source: '#/items/0/name in /etc/x.json', pointer: '#/items/0/name', problem: 'must not be bad' },
    ]);
  });

  it.each<[string, Partial<ConfigSources>]>([
    ['the flag', { flags: { item: ['b'] } }],
    ['the variable', { environment: { ITEM: 'b' } }],
  ])('gives way to %s that says the same', (_what, sources) => {
    const config = load({ ...fileOf([{ name: 'a' }]), ...sources });
    expect(config).toEqual({ item: ['b'] });
  });

  it('is validated even when a flat setting overrides it', () => {
    expect(problemsOf({ ...fileOf([{}]), flags: { item: ['b'] } })).toHaveLength(1);
  });

  it('is refused in a file that also holds the flat setting', () => {
    expect(problemsOf(fileOf([], { item: ['b'] }))).toEqual([
      expect.objectContaining({ pointer: '#/items', problem: expect.stringContaining('together with item') }),
    ]);
  });
});
