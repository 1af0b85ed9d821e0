import { describe, expect, it } from '@jest/globals';
import { createReadiness } from '@tripod/shared/http/readiness';

describe('createReadiness', () => {
  it('is ready when every condition is met', () => {
    const readiness = createReadiness();
    readiness.require('database', () => undefined);
    expect(readiness.reasons()).toEqual({});
    expect(readiness.draining).toBe(false);
  });

  it('evaluates each condition on every call', () => {
    const readiness = createReadiness();
    let reason: string | undefined = 'does not answer';
    readiness.require('database', () => reason);
    expect(readiness.reasons()).toEqual({ database: 'does not answer' });
    reason = undefined;
    expect(readiness.reasons()).toEqual({});
  });

  it('stays not ready once draining, and still lists the other reasons', () => {
    const readiness = createReadiness();
    readiness.require('database', () => 'away');
    readiness.startDraining();
    expect(readiness.draining).toBe(true);
    expect(readiness.reasons()).toEqual({ process: 'draining', database: 'away' });
  });
});
