import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import type { Readiness } from '../../src/supervisor/readiness.ts';
import { SupervisedProcess } from '../../src/supervisor/supervised-process.ts';
import { createFakeSpawn } from '../support/fake-spawn.ts';

const supervise = (readiness: Readiness = { type: 'ipc' }) => {
  const clock = createFakeClock();
  const { spawn, started } = createFakeSpawn();
  const events: string[] = [];
  const states: string[] = [];
  const stack = { mayStart: true };
  const process = new SupervisedProcess(
    {
      name: 'api-1',
      port: 8081,
      env: () => ({}),
      command: () => ({ type: 'node', file: 'api.js', args: [] }),
      readiness,
    },
    {
      spawn,
      clock,
      onLine: () => undefined,
      onEvent: (level, message) => void events.push(`${level}: ${message}`),
      mayStart: () => stack.mayStart,
      onChange: ({ state }) => void states.push(state),
    },
  );
  const last = () => {
    const one = started.at(-1);
    if (!one) throw new Error('nothing was started');
    return one;
  };
  const serve = async () => {
    const begun = process.start();
    last().ready();
    await begun;
  };
  return { clock, process, started, events, states, stack, last, serve };
};

describe('a supervised process', () => {
  it('is ready once it reports so over IPC', async () => {
    const { process, states, serve } = supervise();
    await serve();
    expect(states).toEqual(['starting', 'ready']);
    expect(process.pid).toBe(1000);
  });

  it('is restarted 0.2 s after it died', async () => {
    const { clock, process, started, events, last, serve } = supervise();
    await serve();
    await last().die({ code: 3 });
    expect(process.state).toBe('restarting');
    clock.advance(199);
    expect(started).toHaveLength(1);
    clock.advance(1);
    expect(started).toHaveLength(2);
    last().ready();
    expect(process.state).toBe('ready');
    expect(process.restarts).toBe(1);
    expect(events).toEqual(['warn: api-1 died (exit code 3) and restarts in 0.2 s']);
  });

  it('stays down after its sixth death, which is logged in one line', async () => {
    const { clock, process, started, events, last, serve } = supervise();
    await serve();
    for (let death = 0; death < 6; death += 1) {
      await last().die();
      clock.advance(5000);
    }
    expect(process.state).toBe('failed');
    expect(started).toHaveLength(6);
    expect(events.at(-1)).toMatch(/^error: api-1 keeps dying .* To try again: pnpm stack start api-1$/);
    expect(clock.waiting).toBe(0);
  });

  it('can be started by hand after a crash loop', async () => {
    const { clock, process, last, serve } = supervise();
    await serve();
    for (let death = 0; death < 6; death += 1) {
      await last().die();
      clock.advance(5000);
    }
    await serve();
    expect(process.state).toBe('ready');
  });

  it('reports its last message and stays down when it ends before it is ready', async () => {
    const { clock, process, started, last } = supervise();
    const begun = process.start();
    for (const line of [
      'api-server: Port 8081 is already in use',
      '    at start (start.ts:1:1)',
      '}',
      '',
      'Node.js v24',
    ]) {
      last().options.onLine(line);
    }
    void last().die({ code: 1 });
    await expect(begun).rejects.toThrow('api-1 did not start (exit code 1): Port 8081 is already in use');
    clock.advance(60_000);
    expect(started).toHaveLength(1);
    expect(process.state).toBe('failed');
  });

  it('is killed when it is not ready within a minute', async () => {
    const { clock, process, last } = supervise();
    const begun = process.start();
    clock.advance(60_000);
    expect(last().killed).toBe(true);
    await expect(begun).rejects.toThrow('it was not ready within 60 s');
  });

  it('is asked to stop with the drain delay and not restarted', async () => {
    const { clock, process, started, last, serve } = supervise();
    await serve();
    const stopped = process.stop({ drainDelayMs: 5 });
    expect(last().stopRequests).toEqual([5]);
    await last().die({ code: 0 });
    await stopped;
    expect(process.state).toBe('stopped');
    clock.advance(60_000);
    expect(started).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });

  it('is killed when it does not stop in time, which is logged', async () => {
    const { clock, process, events, last, serve } = supervise();
    await serve();
    const stopped = process.stop({ graceMs: 1000 });
    clock.advance(999);
    expect(last().killed).toBe(false);
    expect(events).toEqual([]);
    clock.advance(1);
    await stopped;
    expect(last().killed).toBe(true);
    expect(events).toEqual(['warn: api-1 did not stop within 1 s and was killed']);
  });

  it('is not restarted when it is stopped while it waits for its restart', async () => {
    const { clock, process, started, last, serve } = supervise();
    await serve();
    await last().die();
    await process.stop();
    clock.advance(60_000);
    expect(started).toHaveLength(1);
    expect(process.state).toBe('stopped');
  });

  it('is restarted after any number of kills by a person', async () => {
    const { clock, process, started, last, serve } = supervise();
    await serve();
    for (let kill = 0; kill < 8; kill += 1) {
      process.kill();
      await last().die();
      clock.advance(200);
      last().ready();
    }
    expect(started).toHaveLength(9);
    expect(process.state).toBe('ready');
  });

  it('fails its start when it is stopped before it is ready', async () => {
    const { process, last } = supervise();
    const begun = process.start();
    const stopped = process.stop();
    void last().die({ code: 0 });
    await expect(begun).rejects.toThrow('api-1 was stopped before it was ready.');
    await stopped;
  });

  it('does not start while the stack stops', async () => {
    const { process, started, stack } = supervise();
    stack.mayStart = false;
    await expect(process.start()).rejects.toThrow('The stack is stopping.');
    expect(started).toHaveLength(0);
  });

  it('is ready once it has written a line that matches', async () => {
    const { process, last } = supervise({ type: 'log-line', pattern: /ready to accept/ });
    const begun = process.start();
    last().options.onLine('loading');
    expect(process.state).toBe('starting');
    last().options.onLine('ready to accept connections');
    await begun;
    expect(process.state).toBe('ready');
  });
});
