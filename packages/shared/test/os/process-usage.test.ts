import { describe, expect, it } from '@jest/globals';
import { findProcessUsage } from '@tripod/shared/os/process-usage';

(process.platform === 'linux' ? describe : describe.skip)('the use of a process (skipped off Linux)', () => {
  it('is its processor time and its memory', () => {
    const { cpuMs = 0, memoryBytes = 0 } = findProcessUsage(process.pid) ?? {};
    expect(cpuMs).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(1_000_000);
  });

  it('is not known for a process that does not exist', () => {
    // Larger than any process id of Linux.
    expect(findProcessUsage(2 ** 30)).toBeUndefined();
  });
});
