import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHeaderRules, isChangeable } from '../../../src/routing/rules/header-rules.ts';

const linesOf = (pairs: readonly string[]): string => {
  let lines = '';
  for (let index = 0; index < pairs.length; index += 2) lines += `${pairs[index]}: ${pairs[index + 1]}\r\n`;
  return lines;
};

describe('createHeaderRules', () => {
  it('removes, sets and adds lines, whatever the case of the names', () => {
    const rules = createHeaderRules({
      remove: ['server'],
      set: { 'X-Frame-Options': 'DENY' },
      add: { Vary: 'Origin' },
    });
    const before =
      'HTTP/1.1 200 OK\r\nSERVER: x\r\nvary: Accept\r\nx-frame-options: a\r\nX-Frame-Options: b\r\n';
    expect(rules?.applyToLines(before)).toBe(
      'HTTP/1.1 200 OK\r\nvary: Accept\r\nX-Frame-Options: DENY\r\nVary: Origin\r\n',
    );
  });

  it('is undefined without changes', () => {
    expect(createHeaderRules({ set: {}, remove: [] })).toBeUndefined();
  });

  it('gives the same headers on text as on pairs', () => {
    const name = fc.constantFrom('a', 'B', 'x-a', 'X-A', 'x.a', 'xxa', 'a*', '$', '^', 'x|a');
    const value = fc.stringMatching(/^[!-~]{1,8}$/);
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 8 }).map((all) => all.flat());
    const changes = fc.record({
      set: fc.dictionary(name, value, { maxKeys: 3 }),
      add: fc.dictionary(name, value, { maxKeys: 3 }),
      remove: fc.array(name, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(pairs, changes, (before, change) => {
        const rules = createHeaderRules(change);
        const after = rules?.applyToPairs(before) ?? before;
        expect(rules?.applyToLines(linesOf(before)) ?? linesOf(before)).toBe(linesOf(after));
      }),
    );
  });
});

describe('isChangeable', () => {
  it.each([
    'Content-Length',
    'content_length',
    'Transfer-Encoding',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Upgrade',
    'Via',
    'X-Request-Id',
    'Proxy-Authorization',
    '__proto__',
  ])('refuses %s on both sides', (name) => {
    expect([isChangeable(name, 'request'), isChangeable(name, 'response')]).toEqual([false, false]);
  });

  it.each(['Host', 'Expect', 'X-Forwarded-For', 'x_forwarded_proto', 'Forwarded', 'X-Real-IP'])(
    'refuses %s in requests',
    (name) => {
      expect(isChangeable(name, 'request')).toBe(false);
    },
  );

  it.each(['Authorization', 'Cookie', 'X-Frame-Options', 'Cache-Control', 'Server'])('accepts %s', (name) => {
    expect([isChangeable(name, 'request'), isChangeable(name, 'response')]).toEqual([true, true]);
  });
});
