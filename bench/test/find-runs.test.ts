import { describe, expect, it } from '@jest/globals';
import { listRunNames, loadRun } from '../src/find-runs.ts';

describe('the runs', () => {
  it('are there', () => {
    expect(listRunNames()).toContain('proxy');
  });

  it.each(listRunNames())(
    '%s says in one line what it compares, and has loads of different names',
    async (name) => {
      const { about, loads } = await loadRun(name);
      expect(about).toMatch(/^\S.{10,99}$/);
      expect(loads.length).toBeGreaterThan(0);
      expect(new Set(loads.map((load) => load.name)).size).toBe(loads.length);
    },
  );
});
