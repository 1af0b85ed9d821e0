import { describe, expect, it } from '@jest/globals';
import { databaseOf } from '../../src/machine/start-database.ts';

const urls = ['postgres://user@127.0.0.1:1/images', 'postgres://user@127.0.0.1:1/images_large'];

describe('databaseOf', () => {
  it('finds the database with exactly this name', () => {
    expect(databaseOf(urls, 'images')).toBe(urls[0]);
    expect(databaseOf(urls, 'images_large')).toBe(urls[1]);
  });

  it('throws when no database has this name', () => {
    expect(() => databaseOf(urls, 'image')).toThrow('there is no database image');
  });
});
