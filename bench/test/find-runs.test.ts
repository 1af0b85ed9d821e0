import { describe, expect, it } from '@jest/globals';
import { listRunNames, loadRun } from '../src/find-runs.ts';

const expectDifferent = (names: readonly string[]): void => {
  expect(names.length).toBeGreaterThan(0);
  expect(new Set(names).size).toBe(names.length);
};

describe('the runs', () => {
  it('are all found', () => {
    expect(listRunNames()).toContain('proxy');
  });

  describe.each(listRunNames())('%s', (runName) => {
    it('describes the comparison in one line', async () => {
      expect((await loadRun(runName)).about).toMatch(/^\S.{10,99}$/);
    });

    it('has loads and contestants with unique names', async () => {
      const { loads, contestants } = await loadRun(runName);
      for (const all of [loads, contestants]) {
        expectDifferent(all.map(({ name }) => name));
        for (const { name } of all) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
      }
    });

    it('refers only to existing loads and contestants', async () => {
      const { loads, contestants, goals, peer } = await loadRun(runName);
      const names = contestants.map(({ name }) => name);
      expect(names).toContain(peer);
      for (const load of loads) {
        expect(names).toEqual(expect.arrayContaining([...(load.contestants ?? [])]));
        expect(load.contestants ?? names).toContain(load.peer ?? peer);
      }
      for (const { load, contestant, against = contestant } of goals) {
        const found = loads.find(({ name }) => name === load);
        expect(found?.contestants ?? names).toEqual(expect.arrayContaining([contestant, against]));
      }
    });
  });
});
