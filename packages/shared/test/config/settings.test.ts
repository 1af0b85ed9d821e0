import { describe, expect, it } from '@jest/globals';
import {
  defaultTextOf,
  describeShape,
  environmentOf,
  flagOf,
  type Setting,
  splitList,
} from '@tripod/shared/config/settings';

describe('the three spellings of a setting', () => {
  it.each([
    ['port', '--port', 'PORT'],
    ['healthIntervalMs', '--health-interval-ms', 'HEALTH_INTERVAL_MS'],
    ['databaseUrl', '--database-url', 'DATABASE_URL'],
  ])('%s is the flag %s and the variable %s', (name, flag, variable) => {
    expect(flagOf(name)).toBe(flag);
    expect(environmentOf(name)).toBe(variable);
  });
});

describe('describeShape', () => {
  const description = '';
  it.each<[string, Setting]>([
    ['a whole number from 0 to 65535', { type: 'integer', minimum: 0, maximum: 65_535, description }],
    ['a whole number of 1 or more', { type: 'integer', minimum: 1, description }],
    ['a whole number', { type: 'integer', description }],
    ['one of a, b', { type: 'string', enum: ['a', 'b'], description }],
    ['true or false', { type: 'boolean', description }],
    ['a list, separated by commas', { type: 'array', description }],
    ['a text that is not empty', { type: 'string', minLength: 1, description }],
    ['a text', { type: 'string', description }],
    ['a postgres:// URL', { type: 'string', pattern: '^postgres', shape: 'a postgres:// URL', description }],
  ])('says "%s"', (words, setting) => {
    expect(describeShape(setting)).toBe(words);
  });
});

describe('splitList', () => {
  it.each([
    [undefined, 'a, b ,c', ['a', 'b', 'c']],
    [';', 'a,b; c', ['a,b', 'c']],
    [undefined, 'one', ['one']],
  ])('splits at %s', (separator, text, items) => {
    const setting: Setting = { type: 'array', description: '', ...(separator ? { separator } : {}) };
    expect(splitList(setting, text)).toEqual(items);
  });
});

describe('defaultTextOf', () => {
  it.each<[string, Setting]>([
    ['', { type: 'string', description: '' }],
    ['8080', { type: 'integer', default: 8080, description: '' }],
    ['true', { type: 'boolean', default: true, description: '' }],
    ['a,b', { type: 'array', default: ['a', 'b'], description: '' }],
    ['a,b c', { type: 'array', separator: ' ', default: ['a,b', 'c'], description: '' }],
  ])('is "%s" as it would be typed', (text, setting) => {
    expect(defaultTextOf(setting)).toBe(text);
  });
});
