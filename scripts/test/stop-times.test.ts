import { describe, expect, it } from '@jest/globals';
import { services } from '@tripod/stack/services';
import { workerSettings } from '@tripod/worker/config';

describe('the stop of the whole stack', () => {
  it('waits longer for a worker than the worker waits for the jobs under way', () => {
    const { stopGraceMs = 0 } = services.find(({ name }) => name === 'worker') ?? {};
    expect(stopGraceMs).toBeGreaterThan(workerSettings.drainTimeoutMs.default);
  });
});
