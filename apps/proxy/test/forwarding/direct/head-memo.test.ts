import { describe, expect, it } from '@jest/globals';
import { HeadMemo, maxMemoLength } from '../../../src/forwarding/direct/head-memo.ts';

const makeMemo = () => {
  const made: string[] = [];
  const memo = new HeadMemo<{ readonly text: string }>(
    (text) => {
      if (text.startsWith('bad')) throw new Error(text);
      made.push(text);
      return { text };
    },
    (head) => (head.text.includes('secret') ? undefined : head),
  );
  return { memo, made };
};

describe('HeadMemo', () => {
  it('makes a head once, and finds it afterwards', () => {
    const { memo, made } = makeMemo();
    expect(memo.find('a')).toBeUndefined();
    const first = memo.read('a');
    expect(memo.read('a')).toBe(first);
    expect(memo.find('a')).toBe(first);
    memo.read('b');
    expect(memo.find('a')).toBe(first);
    expect(made).toEqual(['a', 'b']);
  });

  it.each([
    ['a secret', 'secret'],
    ['a long text', 'x'.repeat(maxMemoLength + 1)],
  ])('does not keep %s', (_what, text) => {
    const { memo, made } = makeMemo();
    memo.read(text);
    memo.read(text);
    expect(memo.find(text)).toBeUndefined();
    expect(made).toEqual([text, text]);
  });

  it('passes on what the function throws, each time', () => {
    const { memo } = makeMemo();
    expect(() => memo.read('bad')).toThrow('bad');
    expect(() => memo.read('bad')).toThrow('bad');
  });

  it('forgets all', () => {
    const { memo } = makeMemo();
    memo.read('a');
    memo.forget();
    expect(memo.find('a')).toBeUndefined();
  });

  it('stops remembering for a while where nothing repeats, and then tries again', () => {
    const { memo } = makeMemo();
    for (let number = 0; number < 256; number += 1) memo.read(`head ${number}`);
    memo.read('while it rests');
    expect(memo.find('while it rests')).toBeUndefined();
    for (let number = 0; number < 4096; number += 1) memo.read(`another ${number}`);
    memo.read('after its rest');
    expect(memo.find('after its rest')).toBeDefined();
  });

  it('holds a thousand heads and no more', () => {
    const { memo } = makeMemo();
    memo.read('again');
    for (let number = 0; number < 2000; number += 1) {
      memo.read(`head ${number}`);
      memo.read('again');
    }
    const kept = Array.from({ length: 2000 }, (_, number) => memo.find(`head ${number}`)).filter(Boolean);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(1000);
  });
});
