import { describe, expect, it } from '@jest/globals';
import { Availability } from '@tripod/database/availability';
import { createFakeClock } from '@tripod/shared/testing/fake-clock';

const away = new Error('away');
const fault = new Error('fault');

/** An availability whose attempts end as the test says. */
const scripted = (random = 0.999) => {
  const clock = createFakeClock();
  const changes: string[] = [];
  let outcome: Error | undefined;
  let attempts = 0;
  const availability = new Availability({
    attempt: () => {
      attempts += 1;
      return outcome ? Promise.reject(outcome) : Promise.resolve();
    },
    isAway: (error) => error === away,
    clock,
    random: () => random,
    onChange: ({ name }) => changes.push(name),
  });
  return {
    availability,
    clock,
    changes,
    attempts: () => attempts,
    set outcome(error: Error | undefined) {
      outcome = error;
    },
  };
};

/** Lets promises that are settled run their course. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Availability', () => {
  it('is starting until the first attempt has ended, then available', async () => {
    const { availability, changes } = scripted();
    expect(availability.state.name).toBe('starting');
    await availability.start();
    expect(availability.state.name).toBe('available');
    expect(changes).toEqual(['available']);
    await availability.stop();
  });

  it('starts although the database is away, and heals by itself', async () => {
    const script = scripted();
    script.outcome = away;
    await script.availability.start();
    expect(script.availability.state).toEqual({ name: 'away', error: away });
    script.outcome = undefined;
    script.clock.advance(200);
    await settle();
    expect(script.availability.state.name).toBe('available');
    await script.availability.stop();
  });

  it('throws what the first attempt can not mend, and leaves no timer behind', async () => {
    const script = scripted();
    script.outcome = fault;
    await expect(script.availability.start()).rejects.toBe(fault);
    expect(script.clock.waiting).toBe(0);
  });

  it('goes on trying when a later attempt fails for good', async () => {
    const script = scripted();
    await script.availability.start();
    script.outcome = fault;
    script.clock.advance(5000);
    await settle();
    script.outcome = undefined;
    script.clock.advance(1000);
    await settle();
    expect(script.changes).toEqual(['available', 'away', 'available']);
    await script.availability.stop();
  });

  it.each([
    ['longest', 0.999, [100, 200, 400, 500, 500], [200, 400, 800, 1000, 1000]],
    ['shortest', 0, [99, 199, 399, 499, 499], [100, 200, 400, 500, 500]],
  ])(
    'waits longer and longer between attempts, up to a second, with the %s jitter',
    async (_what, random, tooEarly, due) => {
      const script = scripted(random);
      script.outcome = away;
      await script.availability.start();
      for (const [index, dueMs] of due.entries()) {
        const before = script.attempts();
        script.clock.advance(tooEarly[index] ?? 0);
        await settle();
        expect(script.attempts()).toBe(before);
        script.clock.advance(dueMs - (tooEarly[index] ?? 0));
        await settle();
        expect(script.attempts()).toBe(before + 1);
      }
      await script.availability.stop();
    },
  );

  it('looks at once when something failed, and stays available when all is well', async () => {
    const script = scripted();
    await script.availability.start();
    script.availability.suspect(away, { away: false });
    expect(script.availability.state.name).toBe('available');
    await settle();
    expect(script.attempts()).toBe(2);
    expect(script.changes).toEqual(['available']);
    await script.availability.stop();
  });

  it('is away before the look when that is certain', async () => {
    const script = scripted();
    await script.availability.start();
    script.availability.suspect(away, { away: true });
    expect(script.availability.state.name).toBe('away');
    await settle();
    expect(script.changes).toEqual(['available', 'away', 'available']);
    await script.availability.stop();
  });

  it('looks once, however many failures come together', async () => {
    const script = scripted();
    await script.availability.start();
    for (let count = 0; count < 10; count += 1) script.availability.suspect(away, { away: false });
    await settle();
    expect(script.attempts()).toBe(2);
    await script.availability.stop();
  });

  it('finds out by itself every five seconds', async () => {
    const script = scripted();
    await script.availability.start();
    script.outcome = away;
    script.clock.advance(5000);
    await settle();
    expect(script.availability.state.name).toBe('away');
    await script.availability.stop();
  });

  it('does nothing any more after stop', async () => {
    const script = scripted();
    await script.availability.start();
    await script.availability.stop();
    script.availability.suspect(away, { away: true });
    script.clock.advance(60_000);
    await settle();
    expect(script.attempts()).toBe(1);
    expect(script.clock.waiting).toBe(0);
  });
});
