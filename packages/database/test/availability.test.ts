import { describe, expect, it } from '@jest/globals';
import { Availability } from '@tripod/database/availability';
import { createFakeClock } from '@tripod/testing/fake-clock';

const away = new Error('away');
const fault = new Error('fault');

/** An availability whose attempts a test completes. */
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

/** Runs the callbacks of settled promises. */
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

  it('starts while the database is unavailable, and recovers by itself', async () => {
    const script = scripted();
    script.outcome = away;
    await script.availability.start();
    expect(script.availability.state).toEqual({ name: 'away', error: away });
    script.outcome = undefined;
    script.clock.advance(100);
    await settle();
    expect(script.availability.state.name).toBe('available');
    await script.availability.stop();
  });

  it('throws a permanent error of the first attempt, and leaves no timer behind', async () => {
    const script = scripted();
    script.outcome = fault;
    await expect(script.availability.start()).rejects.toBe(fault);
    expect(script.clock.waiting).toBe(0);
  });

  it('keeps trying after a permanent error of a later attempt', async () => {
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
    ['longest', 0.999, [50, 100, 200, 250, 250], [100, 200, 400, 500, 500]],
    ['shortest', 0, [49, 99, 199, 249, 249], [50, 100, 200, 250, 250]],
  ])(
    'doubles the delay between attempts up to half a second, with the %s jitter',
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

  it.each(Array.from({ length: 40 }, (_, index) => index * 73))(
    'tries again within half a second after the database returns from %i ms of absence',
    async (absenceMs) => {
      const script = scripted();
      script.outcome = away;
      await script.availability.start();
      for (let ms = 0; ms < absenceMs; ms += 1) {
        script.clock.advance(1);
        await settle();
      }
      script.outcome = undefined;
      script.clock.advance(500);
      await settle();
      expect(script.availability.state.name).toBe('available');
      await script.availability.stop();
    },
  );

  it('measures the delay from the start of an attempt, however long the attempt takes', async () => {
    const clock = createFakeClock();
    const attempts: PromiseWithResolvers<void>[] = [];
    const availability = new Availability({
      attempt: () => {
        const attempt = Promise.withResolvers<void>();
        attempts.push(attempt);
        return attempt.promise;
      },
      isAway: () => true,
      clock,
      random: () => 0.999,
      onChange: () => undefined,
    });
    const started = availability.start();
    clock.advance(2000);
    attempts[0]?.reject(away);
    await started;
    clock.advance(0);
    expect(attempts).toHaveLength(2);
    const stopped = availability.stop();
    attempts[1]?.resolve();
    await stopped;
  });

  it('ignores attempts that began before the database was reported away, and does not wait for them', async () => {
    const clock = createFakeClock();
    const attempts: PromiseWithResolvers<void>[] = [];
    const changes: string[] = [];
    const availability = new Availability({
      attempt: () => {
        const attempt = Promise.withResolvers<void>();
        attempts.push(attempt);
        return attempt.promise;
      },
      isAway: () => true,
      clock,
      random: () => 0,
      onChange: ({ name }) => changes.push(name),
    });
    const started = availability.start();
    attempts[0]?.resolve();
    await started;
    availability.suspect(away, { away: false });
    availability.suspect(away, { away: true });
    expect(attempts).toHaveLength(3);
    attempts[2]?.resolve();
    await settle();
    attempts[1]?.reject(away);
    await settle();
    expect(changes).toEqual(['available', 'away', 'available']);
    await availability.stop();
  });

  it('makes an attempt at once after a failure, and stays available when the attempt succeeds', async () => {
    const script = scripted();
    await script.availability.start();
    script.availability.suspect(away, { away: false });
    expect(script.availability.state.name).toBe('available');
    await settle();
    expect(script.attempts()).toBe(2);
    expect(script.changes).toEqual(['available']);
    await script.availability.stop();
  });

  it('is unavailable before the attempt when the failure is certain', async () => {
    const script = scripted();
    await script.availability.start();
    script.availability.suspect(away, { away: true });
    expect(script.availability.state.name).toBe('away');
    await settle();
    expect(script.changes).toEqual(['available', 'away', 'available']);
    await script.availability.stop();
  });

  it('makes one attempt for several failures at the same time', async () => {
    const script = scripted();
    await script.availability.start();
    for (let count = 0; count < 10; count += 1) script.availability.suspect(away, { away: false });
    await settle();
    expect(script.attempts()).toBe(2);
    await script.availability.stop();
  });

  it('makes an attempt every five seconds while available', async () => {
    const script = scripted();
    await script.availability.start();
    script.outcome = away;
    script.clock.advance(5000);
    await settle();
    expect(script.availability.state.name).toBe('away');
    await script.availability.stop();
  });

  it('does nothing after stop', async () => {
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
