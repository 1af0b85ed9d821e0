import { describe, expect, it } from '@jest/globals';
import { orderByNeeds } from '../../src/supervisor/start-order.ts';

const namesOf = (units: Readonly<Record<string, readonly string[]>>) => {
  const steps = orderByNeeds(Object.entries(units).map(([name, needs]) => ({ name, needs })));
  return steps.map((step) => step.map(({ name }) => name));
};

describe('the start order', () => {
  it('puts each service after those that it needs, and independent ones side by side', () => {
    expect(namesOf({ proxy: ['api', 'files'], api: ['database'], files: [], database: [] })).toEqual([
      ['files', 'database'],
      ['api'],
      ['proxy'],
    ]);
  });

  it('ignores needs of services that do not run', () => {
    expect(namesOf({ api: ['database'] })).toEqual([['api']]);
  });

  it('refuses services that need each other', () => {
    expect(() => namesOf({ a: ['b'], b: ['a'], c: [] })).toThrow(
      'These services need each other in a cycle: a, b',
    );
  });
});
