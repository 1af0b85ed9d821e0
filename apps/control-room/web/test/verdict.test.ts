import { describe, expect, it } from '@jest/globals';
import type { Point } from '../src/history.ts';
import { describeVerdict } from '../src/verdict.ts';

const point = (
  seconds: number,
  p99Ms: number | null,
  failedPerSecond = 0,
  requestsPerSecond = 100,
): Point => ({
  ...{ atMs: seconds * 1000, byCopy: {}, cpuByCopy: {}, p50Ms: 1, p95Ms: 2, load: 1 },
  ...{ p99Ms, failedPerSecond, requestsPerSecond },
});
const steady = [0, 1, 2, 3].map((second) => point(second, 6));
const killed = { atMs: 4000, kind: 'killed', service: 'api-2' };
const textOf = (
  events: Parameters<typeof describeVerdict>[0],
  history: readonly Point[],
): string | undefined =>
  describeVerdict(events, history, 0)
    ?.parts.map(({ text }) => text)
    .join(' ');

describe('control room page: verdict', () => {
  it('says what was done, what failed, what it cost in time and how long until normal', () => {
    const history = [...steady, point(4, 21), point(5, 18, 2), point(6, 6), point(7, 6)];
    expect(textOf([killed], history)).toBe(
      'api-2 was killed at 0:04. 2 of 400 requests failed. p99 went from 6.0 ms to 21 ms and was normal again after 2.0 s.',
    );
  });

  it('links each figure to its moment', () => {
    const history = [...steady, point(4, 6), point(5, 40, 3), point(6, 6), point(7, 6)];
    expect(describeVerdict([killed], history, 0)?.parts.map(({ atMs }) => atMs)).toEqual([
      4000, 5000, 5000, 6000,
    ]);
  });

  it('does not claim recovery before two normal seconds in a row', () => {
    expect(textOf([killed], [...steady, point(4, 30), point(5, 6)])).toContain('is not normal yet');
  });

  it('says that a change cost nothing, and that nothing was sent', () => {
    expect(textOf([killed], [...steady, point(4, 6)])).toContain('p99 stayed at 6.0 ms.');
    expect(textOf([killed], [...steady, point(4, null, 0, 0)])).toContain(
      'No requests were sent since then.',
    );
  });

  it('judges the last cause and lists what followed', () => {
    const events = [
      killed,
      { atMs: 4300, kind: 'ejected', service: 'api-2' },
      { atMs: 9000, kind: 'policy', service: 'api', detail: 'random-two' },
      { atMs: 9100, kind: 'back', service: 'api-2' },
    ];
    const verdict = describeVerdict(events, steady, 0);
    expect(verdict?.cause.kind).toBe('policy');
    expect(verdict?.steps.map(({ kind }) => kind)).toEqual(['back']);
    expect(describeVerdict([], steady, 0)).toBeUndefined();
  });
});
