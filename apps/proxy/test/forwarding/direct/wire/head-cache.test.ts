import { describe, expect, it } from '@jest/globals';
import { HeadCache, maxCachedLength } from '../../../../src/forwarding/direct/wire/head-cache.ts';

const makeCache = () => {
  const made: string[] = [];
  const cache = new HeadCache<{ readonly text: string }>(
    (text) => {
      if (text.startsWith('bad')) throw new Error(text);
      made.push(text);
      return { text };
    },
    (head) => (head.text.includes('secret') ? undefined : head),
  );
  return { cache, made };
};

describe('HeadCache', () => {
  it('computes the result for a text once and finds it afterwards', () => {
    const { cache, made } = makeCache();
    expect(cache.find('a')).toBeUndefined();
    const first = cache.read('a');
    expect(cache.read('a')).toBe(first);
    expect(cache.find('a')).toBe(first);
    cache.read('b');
    expect(cache.find('a')).toBe(first);
    expect(made).toEqual(['a', 'b']);
  });

  it.each([
    ['a head with credentials', 'secret'],
    ['a text that is too long', 'x'.repeat(maxCachedLength + 1)],
  ])('does not keep %s', (_what, text) => {
    const { cache, made } = makeCache();
    cache.read(text);
    cache.read(text);
    expect(cache.find(text)).toBeUndefined();
    expect(made).toEqual([text, text]);
  });

  it('throws what the function throws, each time', () => {
    const { cache } = makeCache();
    expect(() => cache.read('bad')).toThrow('bad');
    expect(() => cache.read('bad')).toThrow('bad');
  });

  it('is empty after clear', () => {
    const { cache } = makeCache();
    cache.read('a');
    cache.clear();
    expect(cache.find('a')).toBeUndefined();
  });

  it('is bypassed for a while when no text repeats, and then used again', () => {
    const { cache } = makeCache();
    for (let number = 0; number < 256; number += 1) cache.read(`head ${number}`);
    cache.read('while bypassed');
    expect(cache.find('while bypassed')).toBeUndefined();
    for (let number = 0; number < 4096; number += 1) cache.read(`another ${number}`);
    cache.read('used again');
    expect(cache.find('used again')).toBeDefined();
  });

  it('holds at most a thousand texts', () => {
    const { cache } = makeCache();
    cache.read('again');
    for (let number = 0; number < 2000; number += 1) {
      cache.read(`head ${number}`);
      cache.read('again');
    }
    const kept = Array.from({ length: 2000 }, (_, number) => cache.find(`head ${number}`)).filter(Boolean);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(1000);
  });
});
