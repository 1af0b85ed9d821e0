import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { SupervisedProcess } from '../../src/supervisor/supervised-process.ts';
import { createFakeSpawn } from '../support/fake-spawn.ts';

const supervise = () => {
  const clock = createFakeClock();
  const { spawn, started } = createFakeSpawn();
  const events: string[] = [];
  const states: string[] = [];
  const stack = { mayStart: true };
  const process = new SupervisedProcess(
    { name: 'api-1', port: 8081, env: {}, command: () => ({ file: 'api.js', args: [] }) },
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

describe('SupervisedProcess', () => {
  it('is ready once the service says so', async () => {
    const { process, states, serve } = supervise();
    await serve();
    expect(states).toEqual(['starting', 'ready']);
    expect(process.pid).toBe(1000);
  });

  it('starts a service that died again after 0.2 s', async () => {
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
    expect(events).toEqual(['warn: api-1 died (exit code 3) and starts again in 0.2 s']);
  });

  it('leaves a service down, in one line, that dies for the sixth time', async () => {
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

  it('can be started again after that', async () => {
    const { clock, process, last, serve } = supervise();
    await serve();
    for (let death = 0; death < 6; death += 1) {
      await last().die();
      clock.advance(5000);
    }
    await serve();
    expect(process.state).toBe('ready');
  });

  it('says the last words of a service that ends before it serves, and leaves it down', async () => {
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

  it('kills a service that does not serve within a minute', async () => {
    const { clock, process, last } = supervise();
    const begun = process.start();
    clock.advance(60_000);
    expect(last().killed).toBe(true);
    await expect(begun).rejects.toThrow('it did not serve within 60 s');
  });

  it('asks a service to stop with the drain delay, and does not start it again', async () => {
    const { clock, process, started, last, serve } = supervise();
    await serve();
    const stopped = process.stop({ drainDelayMs: 5 });
    expect(last().orders).toEqual([{ type: 'stop', drainDelayMs: 5 }]);
    await last().die({ code: 0 });
    await stopped;
    expect(process.state).toBe('stopped');
    clock.advance(60_000);
    expect(started).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });

  it('kills a service that does not stop in time, and says so', async () => {
    const { clock, process, events, last, serve } = supervise();
    await serve();
    const stopped = process.stop({ graceMs: 1000 });
    clock.advance(999);
    expect(last().killed).toBe(false);
    expect(events).toEqual([]);
    clock.advance(1);
    await stopped;
    expect(last().killed).toBe(true);
    expect(events).toEqual(['warn: api-1 did not end within 1 s: killed']);
  });

  it('does not start any more what waits for its restart when it is stopped', async () => {
    const { clock, process, started, last, serve } = supervise();
    await serve();
    await last().die();
    await process.stop();
    clock.advance(60_000);
    expect(started).toHaveLength(1);
    expect(process.state).toBe('stopped');
  });

  it('starts one that a person killed again, however often', async () => {
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

  it('ends a start that is stopped before the service serves', async () => {
    const { process, last } = supervise();
    const begun = process.start();
    const stopped = process.stop();
    void last().die({ code: 0 });
    await expect(begun).rejects.toThrow('api-1 was stopped before it served.');
    await stopped;
  });

  it('starts nothing while the stack stops', async () => {
    const { process, started, stack } = supervise();
    stack.mayStart = false;
    await expect(process.start()).rejects.toThrow('The stack is stopping.');
    expect(started).toHaveLength(0);
  });
});
