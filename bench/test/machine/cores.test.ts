import { describe, expect, it } from '@jest/globals';
import { pinned, placeOnCores } from '../../src/machine/cores.ts';

describe('placeOnCores', () => {
  it.each([
    [2, { measured: 0, load: 1, upstreams: 1 }],
    [3, { measured: 0, load: 1, upstreams: 2 }],
    [64, { measured: 0, load: 1, upstreams: 2 }],
  ])('with %d cores reserves one for the contestants', (count, cores) => {
    expect(placeOnCores(count, true).cores).toEqual(cores);
  });

  it.each([
    [1, true, 'there is only one core'],
    [8, false, 'taskset is missing'],
  ])('does not pin with %d cores and taskset %p, and says why', (count, hasTaskset, why) => {
    const { cores, note } = placeOnCores(count, hasTaskset);
    expect(Object.values(cores)).toEqual([undefined, undefined, undefined]);
    expect(note).toContain(why);
  });
});

describe('pinned', () => {
  it('runs the command by taskset only when a core is given', () => {
    expect(pinned(0, ['wrk', '-t1'])).toEqual(['taskset', '--cpu-list', '0', 'wrk', '-t1']);
    expect(pinned(undefined, ['wrk', '-t1'])).toEqual(['wrk', '-t1']);
  });
});
