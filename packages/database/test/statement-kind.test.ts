import { describe, expect, it } from '@jest/globals';
import { mayWrite } from '@tripod/database/statement-kind';

describe('mayWrite', () => {
  it.each([
    'select 1',
    ' SELECT * from t for update',
    'with a as (select 1 for no key update) select * from a',
    'values (1)',
    'show lock_timeout',
  ])('classifies "%s" as a read', (text) => {
    expect(mayWrite(text)).toBe(false);
  });

  it.each([
    'insert into t values (1)',
    'update t set n = 1',
    'with a as (delete from t returning n) select * from a',
    'with a as (\n update t set n = 1 returning n) select * from a',
    'explain analyze delete from t',
    'create table t ()',
    'do $$ begin end $$',
    '/* select */ insert into t values (1)',
  ])('classifies "%s" as a write', (text) => {
    expect(mayWrite(text)).toBe(true);
  });
});
