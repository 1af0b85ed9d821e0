import { describe, expect, it } from '@jest/globals';
import { announcementOf } from '../src/announce.ts';
import { colourOf, compareNames, dashOf } from '../src/copy-colour.ts';
import { showState } from '../src/copy-state.ts';
import { verbsOf } from '../src/room-actions.ts';

const faults = { slowMs: 200, blockMs: 1000, failPercent: 10 };
const verbs = (copy: Parameters<typeof verbsOf>[1]): readonly string[] =>
  verbsOf('api-2', copy, faults).map(({ verb }) => verb);

describe('control room page: state of a copy', () => {
  it.each([
    [{ state: 'ready', upstreamState: 'available' }, 'good', 'healthy'],
    [{ state: 'restarting', upstreamState: 'ejected', upstreamReason: 'x' }, 'fail', 'restarting, ejected'],
    [
      { state: 'ready', upstreamState: 'ejected', upstreamReason: '3 failed tries' },
      'fail',
      'ejected: 3 failed tries',
    ],
    [{ state: 'ready', upstreamState: 'draining' }, 'warn', 'draining'],
    [{ state: 'paused' }, 'warn', 'paused'],
    [{ state: 'ready', fault: 'slow, 200 ms' }, 'warn', 'slow, 200 ms'],
  ])('shows %j as %s: %s', (copy, tone, text) => {
    expect(showState(copy)).toEqual({ tone, text });
  });

  it('offers the verb that undoes a state', () => {
    expect(verbs({ state: 'ready' })).toEqual([
      'Kill',
      'Pause',
      'Slow',
      'Block',
      'Cut',
      'Fail',
      'Drain',
      'Restart',
    ]);
    expect(verbs({ state: 'paused', fault: 'slow', upstreamState: 'draining' })).toEqual(
      expect.arrayContaining(['Resume', 'Heal', 'Undrain']),
    );
  });

  it('orders copies by number and repeats colours with dashes', () => {
    expect(['api-10', 'api-2', 'api-1'].sort(compareNames)).toEqual(['api-1', 'api-2', 'api-10']);
    expect(colourOf('api-9')).toBe(colourOf('api-1'));
    expect(dashOf('api-9')).not.toEqual(dashOf('api-1'));
  });

  it('speaks what a person did and what it caused, and not each step of a process', () => {
    const event = { id: '1', atMs: 0, service: 'api-2' };
    expect(announcementOf({ ...event, kind: 'ejected', detail: '1 failed try' })).toBe(
      'api-2 ejected: 1 failed try.',
    );
    expect(announcementOf({ ...event, kind: 'started' })).toBeUndefined();
  });
});
