import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AttemptFailure, decideRetry, type RetryFacts } from '../../src/forwarding/retry.ts';

const facts: RetryFacts = {
  failure: 'broke',
  method: 'GET',
  replayable: true,
  reused: false,
  tries: 1,
  othersLeft: true,
  elapsedMs: 0,
};

const decide = (changes: Partial<RetryFacts>, budget = true): string =>
  decideRetry({ ...facts, ...changes }, () => budget);

const failures: readonly AttemptFailure[] = [
  'refused',
  'connect-timeout',
  'broke',
  'invalid-head',
  'response-timeout',
];
const idempotent = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];
const others = ['POST', 'PATCH', 'LOCK'];

describe('decideRetry', () => {
  it.each([...idempotent, ...others])(
    'retries a %s after a refused connect at the next upstream',
    (method) => {
      for (const failure of ['refused', 'connect-timeout'] as const) {
        expect(decide({ failure, method, replayable: false })).toBe('next');
        expect(decide({ failure, method }, false)).toBe('next');
      }
    },
  );

  it.each(idempotent)(
    'sends a %s that broke on a fresh connection to the next, within the budget',
    (method) => {
      for (const failure of ['broke', 'invalid-head', 'response-timeout'] as const) {
        expect(decide({ failure, method })).toBe('next');
        expect(decide({ failure, method }, false)).toBe('stop');
      }
    },
  );

  it.each(idempotent)(
    'sends a %s that broke on a reused connection to the same upstream, at no cost',
    (method) => {
      for (const failure of ['broke', 'invalid-head'] as const) {
        const spend = (): boolean => {
          throw new Error('it costs no budget');
        };
        const reused = { ...facts, failure, method, reused: true, tries: 3, othersLeft: false };
        expect(decideRetry(reused, spend)).toBe('same-fresh');
      }
    },
  );

  it('treats a response time-out on a reused connection like one on a new connection', () => {
    expect(decide({ failure: 'response-timeout', reused: true })).toBe('next');
    expect(decide({ failure: 'response-timeout', reused: true }, false)).toBe('stop');
  });

  it.each(others)('never repeats a %s after its first byte may have been sent', (method) => {
    for (const failure of ['broke', 'invalid-head', 'response-timeout'] as const) {
      for (const reused of [false, true]) expect(decide({ failure, method, reused })).toBe('stop');
    }
  });

  it('never repeats a request whose body was not kept', () => {
    for (const failure of ['broke', 'invalid-head', 'response-timeout'] as const) {
      expect(decide({ failure, method: 'PUT', replayable: false })).toBe('stop');
      expect(decide({ failure, method: 'PUT', replayable: false, reused: true })).toBe('stop');
    }
  });

  it.each(failures)('stops after 3 tries when the last one was %s', (failure) => {
    expect(decide({ failure, tries: 2 })).toBe('next');
    expect(decide({ failure, tries: 3 })).toBe('stop');
  });

  it.each(failures)('stops after 10 s when the last try was %s', (failure) => {
    expect(decide({ failure, elapsedMs: 9_999 })).toBe('next');
    expect(decide({ failure, elapsedMs: 10_000 })).toBe('stop');
    expect(decide({ failure, elapsedMs: 10_000, reused: true })).toBe('stop');
  });

  it('takes budget only when the decision depends on it', () => {
    fc.assert(
      fc.property(
        fc.record({
          failure: fc.constantFrom(...failures),
          method: fc.constantFrom(...idempotent, ...others),
          replayable: fc.boolean(),
          reused: fc.boolean(),
          tries: fc.integer({ min: 1, max: 4 }),
          othersLeft: fc.boolean(),
          elapsedMs: fc.constantFrom(0, 9_999, 10_000),
        }),
        (some) => {
          let asked = 0;
          const yes = decideRetry(some, () => {
            asked += 1;
            return true;
          });
          const no = decideRetry(some, () => false);
          expect(asked).toBe(yes === no ? 0 : 1);
          if (yes === 'next') expect(some).toMatchObject({ othersLeft: true });
        },
      ),
    );
  });
});
