import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Upstream } from '../../src/balancing/upstream.ts';
import { makeUpstream } from '../support/make-pool.ts';

describe('Upstream', () => {
  it.each([
    ['http://127.0.0.1:8081', '127.0.0.1:8081', '127.0.0.1', 8081],
    ['http://[::1]:8081', '[::1]:8081', '::1', 8081],
    ['http://copy', 'copy:80', 'copy', 80],
  ])('derives its id, host and port from %s', (url, id, hostname, port) => {
    const upstream = new Upstream({ url: new URL(url) });
    expect(upstream).toMatchObject({ id, hostname, port, url: `http://${id}` });
  });

  it('is available from the start, unless it has to pass a check first', () => {
    expect(makeUpstream(1).available).toBe(true);
    expect(makeUpstream(1, { healthy: false })).toMatchObject({ available: false, state: 'unhealthy' });
  });

  it('is ejected until it is restored or passes a check', () => {
    const upstream = makeUpstream(1);
    upstream.eject('refused');
    expect(upstream).toMatchObject({ state: 'ejected', available: false, reason: 'refused' });
    upstream.restore();
    expect(upstream.available).toBe(true);
    upstream.eject('refused');
    upstream.setHealthy(true);
    expect(upstream).toMatchObject({ available: true, reason: undefined });
    expect(upstream.counters.ejections).toBe(2);
  });

  it('stays unavailable while it drains, whatever the checks say', () => {
    const upstream = makeUpstream(1);
    upstream.setDraining(true);
    upstream.setHealthy(true);
    expect(upstream).toMatchObject({ state: 'draining', available: false });
    upstream.setDraining(false);
    expect(upstream.available).toBe(true);
  });

  it('is full at its limit of requests in flight, and available again below it', () => {
    const upstream = makeUpstream(1, { maxInFlight: 2 });
    upstream.startAttempt();
    expect(upstream.available).toBe(true);
    upstream.startAttempt();
    expect(upstream).toMatchObject({ state: 'full', available: false });
    upstream.endAttempt();
    expect(upstream.available).toBe(true);
  });

  it('stays unavailable while it is disabled, whatever the checks say', () => {
    const upstream = makeUpstream(1);
    upstream.setEnabled(false);
    upstream.setHealthy(true);
    upstream.restore();
    expect(upstream).toMatchObject({ state: 'disabled', available: false, enabled: false });
    upstream.setEnabled(true);
    expect(upstream.available).toBe(true);
  });

  it('becomes full or available when its limit changes', () => {
    const upstream = makeUpstream(1);
    upstream.startAttempt();
    upstream.setMaxInFlight(1);
    expect(upstream.state).toBe('full');
    upstream.setMaxInFlight(Number.POSITIVE_INFINITY);
    expect(upstream.available).toBe(true);
  });

  it('reports once that it has drained, at once when nothing is in flight', () => {
    const upstream = makeUpstream(1);
    const told: string[] = [];
    upstream.startAttempt();
    upstream.startAttempt();
    upstream.setDraining(true, () => told.push('first'));
    upstream.setDraining(true, () => told.push('again'));
    upstream.endAttempt();
    expect([upstream.drained, told]).toEqual([false, []]);
    upstream.endAttempt();
    expect([upstream.drained, told]).toEqual([true, ['first']]);
    upstream.setHealthy(false);
    expect(told).toEqual(['first']);
    upstream.setDraining(false);
    expect(upstream.drained).toBe(false);
    upstream.setDraining(true, () => told.push('anew'));
    expect(told).toEqual(['first', 'anew']);
  });

  it('does not report that it has drained when draining was cancelled', () => {
    const upstream = makeUpstream(1);
    let told = false;
    upstream.startAttempt();
    upstream.setDraining(true, () => {
      told = true;
    });
    upstream.setDraining(false);
    upstream.endAttempt();
    expect(told).toBe(false);
  });

  it('counts ejections by reason', () => {
    const upstream = makeUpstream(1);
    for (const reason of ['refused', 'broke', 'refused']) upstream.eject(reason);
    expect(Object.fromEntries(upstream.counters.ejectionsByReason)).toEqual({ refused: 2, broke: 1 });
  });

  it('is available exactly when it is enabled, healthy, not ejected, not draining and not full', () => {
    const step = fc.constantFrom(
      'began',
      'ended',
      'up',
      'down',
      'eject',
      'restore',
      'drain',
      'undrain',
      'on',
      'off',
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const upstream = makeUpstream(1, { maxInFlight: 3 });
        for (const one of steps) {
          if (one === 'began') upstream.startAttempt();
          else if (one === 'ended' && upstream.inFlight > 0) upstream.endAttempt();
          else if (one === 'up' || one === 'down') upstream.setHealthy(one === 'up');
          else if (one === 'eject') upstream.eject('broke');
          else if (one === 'restore') upstream.restore();
          else if (one === 'drain' || one === 'undrain') upstream.setDraining(one === 'drain');
          else if (one === 'on' || one === 'off') upstream.setEnabled(one === 'on');
          const { enabled, healthy, ejected, draining, inFlight, maxInFlight } = upstream;
          const serving = enabled && healthy && !ejected && !draining;
          expect(upstream.serving).toBe(serving);
          expect(upstream.available).toBe(serving && inFlight < maxInFlight);
          expect(upstream.available).toBe(upstream.state === 'available');
        }
      }),
    );
  });
});
