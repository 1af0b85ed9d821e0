import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import type { StateStore, TakenJob } from '@tripod/state/store/state-store';
import { waitFor } from '@tripod/testing/wait-for';

export type StoreSettings = { readonly clock?: Clock; readonly maxWaitingJobs?: number };

/** How an ended job is kept. */
export type EndedJob = { readonly id: number | undefined; readonly job: string; readonly outcome: string };

/** A place for state, in which several stores work as several processes do. */
export type StateFixture = {
  /** A started store. It is closed with the fixture. */
  open(settings?: StoreSettings): Promise<StateStore>;
  expireSession(sessionId: string): Promise<void>;
  sessionLifeMs(sessionId: string): Promise<number>;
  endedJobs(): Promise<readonly EndedJob[]>;
  removeJobs(): Promise<void>;
  close(): Promise<void>;
};

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

/** Takes a job that must be there. */
const takeOne = async (store: StateStore, leaseMs = 60_000): Promise<TakenJob> => {
  const job = await store.jobs.take('worker-1', leaseMs);
  if (!job) throw new Error('there is no job to take');
  return job;
};

/** A clock whose timers never fire. */
const clockWithoutTimers: Clock = { ...systemClock, after: () => ({ cancel: () => undefined }) };

/** Tests that every state store must pass, whatever it keeps its state in. */
export const describeStateContract = (name: string, create: () => Promise<StateFixture>): void => {
  describe(`state in ${name}`, () => {
    let fixture: StateFixture;
    let one: StateStore;
    let other: StateStore;
    beforeAll(async () => {
      fixture = await create();
      one = await fixture.open();
      other = await fixture.open();
    });
    afterAll(() => fixture.close());

    it('visits: gives a visit without a session id a new session, and counts on in it', async () => {
      const first = await one.visits.visit(undefined);
      expect(first).toMatchObject({
        sessionId: expect.stringMatching(/^[\da-f-]{36}$/),
        sessionCount: 1,
      });
      const second = await other.visits.visit(first.sessionId);
      expect(second).toEqual({
        sessionId: first.sessionId,
        sessionCount: 2,
        globalCount: first.globalCount + 1,
      });
    });

    it.each(['no uuid', '', '01234567-89ab-4cde-8fff-0123456789ab', "'; drop table visit_sessions; --"])(
      'visits: does not accept the session id %j, which it never issued',
      async (claimed) => {
        const visit = await one.visits.visit(claimed);
        expect(visit.sessionId).not.toBe(claimed);
        expect(visit.sessionCount).toBe(1);
      },
    );

    it('visits: gives concurrent visits of several copies each a number of its own, without gaps', async () => {
      const sessions = [
        await one.visits.visit(undefined),
        await one.visits.visit(undefined),
        await one.visits.visit(undefined),
      ];
      const before = (await one.visits.visit(undefined)).globalCount;
      const visits = await Promise.all(
        upTo(600).map((at) => [one, other][at % 2]?.visits.visit(sessions[at % 3]?.sessionId)),
      );
      expect(visits.map((visit) => (visit?.globalCount ?? 0) - before).sort((a, b) => a - b)).toEqual(
        upTo(600),
      );
      for (const { sessionId } of sessions) {
        const counts = visits.filter((visit) => visit?.sessionId === sessionId);
        expect(counts.map((visit) => (visit?.sessionCount ?? 0) - 1).sort((a, b) => a - b)).toEqual(
          upTo(200),
        );
      }
    });

    it('visits: each visit gives its session another 12 hours, and an expired session is replaced', async () => {
      const { sessionId } = await one.visits.visit(undefined);
      const lifeMs = await fixture.sessionLifeMs(sessionId);
      expect(lifeMs).toBeGreaterThan(11.9 * 3_600_000);
      expect(lifeMs).toBeLessThan(12.1 * 3_600_000);
      await fixture.expireSession(sessionId);
      const next = await one.visits.visit(sessionId);
      expect(next.sessionId).not.toBe(sessionId);
      expect(next.sessionCount).toBe(1);
    });

    it('keys: every copy reads the last value that was set', async () => {
      await one.keys.set('color', 'blue');
      expect(await other.keys.get('color')).toBe('blue');
      await other.keys.set('color', 'größer & "grün" 🌲');
      expect(await one.keys.get('color')).toBe('größer & "grün" 🌲');
    });

    it('keys: an unknown key has no value, and a key named jobs is no queue', async () => {
      expect(await one.keys.get('nothing')).toBeUndefined();
      await one.keys.set('jobs', 'text');
      expect(await one.jobs.counts()).toMatchObject({ waiting: 0 });
    });

    describe('jobs', () => {
      it('are taken in the order in which they were added, and counted in every state', async () => {
        const before = await one.jobs.counts();
        const first = await one.jobs.enqueue('first');
        const second = await other.jobs.enqueue('second "job" é');
        expect(second.id).toBeGreaterThan(first.id);
        expect(await other.jobs.counts()).toEqual({ ...before, waiting: 2 });
        const taken = await takeOne(other);
        expect(taken).toMatchObject({ id: first.id, name: 'first', failedTries: 0, lostLeases: 0 });
        expect(await one.jobs.counts()).toEqual({ ...before, waiting: 1, running: 1 });
        expect(await other.jobs.complete(taken)).toBe(true);
        const next = await takeOne(one);
        expect(next).toMatchObject({ id: second.id, name: 'second "job" é' });
        expect(await one.jobs.complete(next)).toBe(true);
        expect(await one.jobs.counts()).toEqual({ ...before, done: before.done + 2 });
        expect(await one.jobs.take('worker-1', 1000)).toBeUndefined();
      });

      it('that were added together get an id each and are taken by one worker each', async () => {
        const added = await Promise.all(
          upTo(100).map((at) => [one, other][at % 2]?.jobs.enqueue(`job ${at}`)),
        );
        expect(new Set(added.map((job) => job?.id)).size).toBe(100);
        const taken = await Promise.all(
          upTo(110).map((at) => [one, other][at % 2]?.jobs.take(`worker-${at}`, 60_000)),
        );
        const names = taken.flatMap((job) => job?.name ?? []);
        expect(names.toSorted()).toEqual(
          upTo(100)
            .map((at) => `job ${at}`)
            .toSorted(),
        );
        await Promise.all(taken.map((job) => job && one.jobs.complete(job)));
      });

      it('have their effect once, even when they are completed twice', async () => {
        const { id } = await one.jobs.enqueue('once');
        const taken = await takeOne(one);
        const before = await one.jobs.counts();
        const completed = await Promise.all([one.jobs.complete(taken), other.jobs.complete(taken)]);
        expect(completed.toSorted()).toEqual([false, true]);
        expect(await one.jobs.counts()).toMatchObject({ done: before.done + 1, running: 0 });
        expect((await fixture.endedJobs()).filter((job) => job.id === id)).toEqual([
          { id, job: 'once', outcome: 'done' },
        ]);
      });

      it('whose lease has expired go to another worker, and the first one can change nothing', async () => {
        await one.jobs.enqueue('stalled');
        const first = await takeOne(one, 1);
        const second = await waitFor('the lease to expire', () => other.jobs.take('worker-2', 60_000));
        expect(second).toMatchObject({ id: first.id, name: 'stalled', failedTries: 0 });
        expect(await one.jobs.renew(first, 1000)).toBe(false);
        expect(await one.jobs.complete(first)).toBe(false);
        expect(await one.jobs.fail(first, 'late')).toBe('lost');
        expect(await one.jobs.counts()).toMatchObject({ running: 1 });
        expect(await other.jobs.complete(second)).toBe(true);
      });

      it('stay with a worker that renews its lease', async () => {
        await one.jobs.enqueue('long');
        const taken = await takeOne(one, 2000);
        expect(await one.jobs.renew(taken, 60_000)).toBe(true);
        expect(await other.jobs.renew(taken, 1)).toBe(true);
        await waitFor('the lease to expire', () => other.jobs.take('worker-2', 60_000));
        expect(await one.jobs.renew(taken, 60_000)).toBe(false);
        await fixture.removeJobs();
      });

      it('that fail are tried three times, and are then failed', async () => {
        const { id } = await one.jobs.enqueue('fail-always');
        const before = await one.jobs.counts();
        const outcomes: string[] = [];
        for (const failedTries of [0, 1, 2]) {
          const taken = await takeOne(one);
          expect(taken).toMatchObject({ id, name: 'fail-always', failedTries });
          outcomes.push(await one.jobs.fail(taken, 'broken on purpose'));
        }
        expect(outcomes).toEqual(['retried', 'retried', 'failed']);
        expect(await one.jobs.counts()).toEqual({ ...before, waiting: 0, failed: before.failed + 1 });
        expect((await fixture.endedJobs()).filter((job) => job.id === id)).toEqual([
          { id, job: 'fail-always', outcome: 'failed' },
        ]);
      });

      it('that ten workers in a row have lost are ended by their next failure', async () => {
        const { id } = await one.jobs.enqueue('kills its worker');
        const before = await one.jobs.counts();
        let taken = await takeOne(one, 1);
        for (const lostLeases of upTo(10)) {
          taken = await waitFor('the lease to expire', () => other.jobs.take('worker-2', 1));
          expect(taken).toMatchObject({ id, lostLeases, failedTries: 0 });
        }
        taken = await waitFor('the lease to expire', () => other.jobs.take('worker-2', 60_000));
        expect(taken).toMatchObject({ id, lostLeases: 11 });
        expect(await other.jobs.fail(taken, 'its workers die')).toBe('failed');
        expect(await one.jobs.counts()).toEqual({ ...before, waiting: 0, failed: before.failed + 1 });
        expect((await fixture.endedJobs()).filter((job) => job.id === id)).toEqual([
          { id, job: 'kills its worker', outcome: 'failed' },
        ]);
      });

      it('that are tried again after a failure begin to count lost workers anew', async () => {
        const { id } = await one.jobs.enqueue('lost once');
        await takeOne(one, 1);
        const second = await waitFor('the lease to expire', () => other.jobs.take('worker-2', 60_000));
        expect(await other.jobs.fail(second, 'broken')).toBe('retried');
        const third = await takeOne(one);
        expect(third).toMatchObject({ id, lostLeases: 0, failedTries: 1 });
        await one.jobs.complete(third);
      });

      it('are refused when too many wait', async () => {
        const small = await fixture.open({ maxWaitingJobs: 2 });
        await small.jobs.enqueue('1');
        await small.jobs.enqueue('2');
        await expect(small.jobs.enqueue('3')).rejects.toMatchObject({ code: 'API_JOBS_FULL', status: 503 });
        await small.jobs.complete(await takeOne(small));
        await small.jobs.enqueue('3');
        await fixture.removeJobs();
      });

      it('wake a waiting worker, without a timer of its own', async () => {
        const idle = await fixture.open({ clock: clockWithoutTimers });
        const { signal } = new AbortController();
        // The first wait may end at once, because the connection for it was only just made.
        if ('listensFirst' in fixture) await idle.jobs.waitForJob(signal);
        const woken = idle.jobs.waitForJob(signal);
        await one.jobs.enqueue('wake up');
        await woken;
        await idle.jobs.complete(await takeOne(idle));
      });

      it('are no longer waited for by a worker that stops', async () => {
        const stop = new AbortController();
        const idle = await fixture.open({ clock: clockWithoutTimers });
        if ('listensFirst' in fixture) await idle.jobs.waitForJob(stop.signal);
        const waiting = idle.jobs.waitForJob(stop.signal);
        stop.abort();
        await waiting;
        await idle.jobs.waitForJob(stop.signal);
      });
    });
  });
};
