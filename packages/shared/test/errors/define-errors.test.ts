import { describe, expect, it } from '@jest/globals';
import { defineErrors, mergeErrorTables } from '../../src/errors/define-errors.ts';

const entry = { status: 404, title: 'Nothing is here', meaning: 'Look elsewhere.' };

describe('defineErrors', () => {
  it('gives each entry its key as its code', () => {
    expect(defineErrors({ BOOK_MISSING: entry })).toEqual({
      BOOK_MISSING: { code: 'BOOK_MISSING', ...entry },
    });
  });
});

describe('mergeErrorTables', () => {
  it('lists the definitions of all tables in order', () => {
    const merged = mergeErrorTables([defineErrors({ A_B: entry }), defineErrors({ C_D: entry })]);
    expect(merged.map(({ code }) => code)).toEqual(['A_B', 'C_D']);
  });

  it('refuses a code that two tables define, and names it', () => {
    const tables = [defineErrors({ A_B: entry }), defineErrors({ A_B: entry })];
    expect(() => mergeErrorTables(tables)).toThrow('The error code A_B is defined twice.');
  });
});
