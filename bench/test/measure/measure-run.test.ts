import { describe, expect, it } from '@jest/globals';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { Load } from '../../src/definition/load.ts';
import type { Contestant } from '../../src/definition/run.ts';
import { measureRun } from '../../src/measure/measure-run.ts';

const load: Load = { name: 'small', about: 'small', tool: 'wrk', path: '/', connections: 1 };
const ok = { requests: 1, errors: 0, figures: { requestsPerSecond: 10 } };

/** Contestants that measure themselves, and a record of the calls in their order. */
const createFixture = (results: Readonly<Record<string, () => typeof ok>>) => {
  const did: string[] = [];
  const contestants = Object.entries(results).map(
    ([name, result]): Contestant => ({
      name,
      about: name,
      start({ stack }, urls) {
        did.push(`start ${name} at ${urls.join()}`);
        stack.push(name, () => void did.push(`stop ${name}`));
        const measure = () => {
          did.push(name);
          return Promise.resolve(result());
        };
        return Promise.resolve({ pids: [], url: '', measure });
      },
    }),
  );
  return { did, contestants };
};

const start = async (contestants: readonly Contestant[], loads: readonly Load[], rounds: number) => {
  const stack = createShutdownStack();
  const cores = { measured: undefined, load: undefined, upstreams: undefined };
  const place = { cores, folder: '/nowhere', checkout: '/nowhere', stack };
  const prepare = () => Promise.resolve(['http://upstream']);
  const run = {
    about: 'a run',
    contestants,
    peer: 'b',
    chartTitle: 'a chart',
    programs: [],
    loads,
    goals: [],
    prepare,
  };
  const told: string[] = [];
  const onProgress = (line: string): void => void told.push(line);
  const options = { rounds, seconds: 1, place, path: '/nowhere', loads, contestants, onProgress };
  const measured = await measureRun(run, options);
  return { measured, told, stack };
};

describe('measureRun', () => {
  it('warms up every contestant, and then measures them in turns with a rotating order', async () => {
    const { did, contestants } = createFixture({ a: () => ok, b: () => ok });
    await start(contestants, [load], 3);
    const started = ['start a at http://upstream', 'start b at http://upstream'];
    expect(did).toEqual([...started, 'a', 'b', 'a', 'b', 'b', 'a', 'a', 'b']);
  });

  it('stops every contestant when its place is unwound', async () => {
    const { did, contestants } = createFixture({ a: () => ok, b: () => ok });
    const { stack } = await start(contestants, [load], 1);
    expect(did).not.toContain('stop a');
    await stack.unwind();
    expect(did.slice(-2).sort()).toEqual(['stop a', 'stop b']);
  });

  it('restarts the contestants for each round when the load says so, up to its maximum of rounds', async () => {
    const { did, contestants } = createFixture({ b: () => ok });
    await start(contestants, [{ ...load, fresh: true, maxRounds: 1 }], 5);
    const one = 'start b at http://upstream';
    expect(did).toEqual([one, one, 'b', 'stop b']);
  });

  it('measures only the contestants of the load', async () => {
    const { contestants } = createFixture({ a: () => ok, b: () => ok });
    const { measured } = await start(contestants, [{ ...load, contestants: ['b'] }], 1);
    expect(measured.loads[0]?.contestants.map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    ['errors', { ...ok, errors: 3 }, '3 errors in 1 requests'],
    ['no request', { ...ok, requests: 0 }, '0 errors in 0 requests'],
  ])('takes a round with %s for void, says so, and goes on', async (_what, result, why) => {
    const { contestants } = createFixture({ a: () => result, b: () => ok });
    const { measured, told } = await start(contestants, [load], 1);
    expect(measured.loads[0]?.contestants[0]).toEqual({
      name: 'a',
      figures: [],
      voids: [`round 1: ${why}`],
    });
    expect(told.at(-1)).toBe(`small: round 1 of 1: a void (${why}), b 10 requests/s`);
  });

  it('treats a round that throws as void', async () => {
    const throws = () => {
      throw new Error('gone\nand its output');
    };
    const { contestants } = createFixture({ a: throws, b: () => ok });
    const { measured } = await start(contestants, [load], 1);
    expect(measured.loads[0]?.contestants[0]?.voids).toEqual(['round 1: gone']);
  });

  it('skips a contestant that does not start as a failure, and one without its program as no failure', async () => {
    const { contestants } = createFixture({ b: () => ok });
    const broken: Contestant = {
      name: 'broken',
      about: 'broken',
      start: () => Promise.reject(new Error('did not start')),
    };
    const without: Contestant = { ...broken, name: 'without', programs: ['no-such-program'] };
    const { measured } = await start([broken, without, ...contestants], [load], 1);
    expect(measured.absent).toEqual([
      { name: 'broken', why: 'did not start', failed: true },
      { name: 'without', why: 'no-such-program is not installed', failed: false },
    ]);
    expect(measured.loads[0]?.contestants.map(({ name }) => name)).toEqual(['b']);
  });
});
