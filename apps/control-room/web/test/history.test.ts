import { describe, expect, it } from '@jest/globals';
import { addPoint, figuresAround, type Point } from '../src/history.ts';

const pointAt = (seconds: number, figures: Partial<Point> = {}): Point => ({
  atMs: seconds * 1000,
  byCopy: { 'api-1': 10 },
  cpuByCopy: {},
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 3,
  requestsPerSecond: 10,
  failedPerSecond: 0,
  load: 5,
  ...figures,
});

describe('control room page: history of the time line', () => {
  it('keeps each second of ten minutes and one point for ten seconds of two hours', () => {
    let history: readonly Point[] = [];
    for (let second = 0; second < 7900; second += 1) history = addPoint(history, pointAt(second));
    const gaps = history.map(({ atMs }, at) => atMs - (history[at - 1]?.atMs ?? atMs));
    expect(history.length).toBeLessThan(600 + 670);
    expect(gaps.slice(-599).every((gap) => gap === 1000)).toBe(true);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(11_000);
    expect((history.at(-1)?.atMs ?? 0) - (history[0]?.atMs ?? 0)).toBeLessThanOrEqual(7_200_000);
    expect((history.at(-1)?.atMs ?? 0) - (history[0]?.atMs ?? 0)).toBeGreaterThan(7_100_000);
  });

  it('keeps the worst p99 and the mean rate of seconds that it merges', () => {
    let history: readonly Point[] = [];
    for (let second = 0; second < 700; second += 1)
      history = addPoint(
        history,
        pointAt(second, second === 4 ? { p99Ms: 900, requestsPerSecond: 110 } : {}),
      );
    expect(history[0]).toMatchObject({ p99Ms: 900, byCopy: { 'api-1': 10 } });
    expect(history[0]?.requestsPerSecond).toBeCloseTo(20);
  });

  it('leaves out a point that is not later than the last one', () => {
    const history = addPoint([], pointAt(5));
    expect(addPoint(history, pointAt(5))).toBe(history);
  });

  it('gives the figures before and after a moment, and null where there are none', () => {
    const history = [
      pointAt(1, { p99Ms: 8 }),
      pointAt(2, { p99Ms: 6 }),
      pointAt(3, { p99Ms: 30, failedPerSecond: 2 }),
    ];
    expect(figuresAround(history, 2500, 2000)).toEqual({
      before: { requestsPerSecond: 10, failed: 0, p99Ms: 8 },
      after: { requestsPerSecond: 10, failed: 2, p99Ms: 30 },
    });
    expect(figuresAround([], 0, 1000).before).toEqual({ requestsPerSecond: null, failed: null, p99Ms: null });
  });
});
