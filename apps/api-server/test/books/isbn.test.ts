import { describe, expect, it } from '@jest/globals';
import { isIsbn } from '../../src/books/isbn.ts';

describe('isIsbn', () => {
  it.each([
    '0306406152',
    '0-306-40615-2',
    '080442957X',
    '0-8044-2957-X',
    '9780306406157',
    '978-0-306-40615-7',
    '979-10-90636-07-1',
  ])('accepts %s', (text) => {
    expect(isIsbn(text)).toBe(true);
  });

  it.each([
    '',
    '-',
    '0306406153',
    '9780306406158',
    '030640615',
    '97803064061570',
    'X306406152',
    '978030640615X',
    '0-8044-2957-x',
    '--0306406152',
    '0306406152-',
    '0306  406152',
    '٠306406152',
  ])('refuses %j', (text) => {
    expect(isIsbn(text)).toBe(false);
  });

  it('refuses every ISBN with one changed digit', () => {
    const isbn = '9780306406157';
    for (let at = 0; at < isbn.length; at += 1) {
      for (const digit of '0123456789') {
        const changed = isbn.slice(0, at) + digit + isbn.slice(at + 1);
        expect(isIsbn(changed)).toBe(changed === isbn);
      }
    }
  });
});
