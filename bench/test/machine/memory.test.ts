import { describe, expect, it } from '@jest/globals';
import { parsePeakKilobytes, readPeakMb, readResidentMb, resetPeak } from '../../src/machine/memory.ts';

describe('parsePeakKilobytes', () => {
  it('reads VmHWM of /proc/PID/status', () => {
    expect(parsePeakKilobytes('Name:\tnode\nVmHWM:\t  123456 kB\nVmRSS:\t   65536 kB\n')).toBe(123_456);
  });

  it('returns 0 for a process without memory of its own', () => {
    expect(parsePeakKilobytes('Name:\tkthreadd\n')).toBe(0);
  });
});

// Only Linux reports the peak.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('peak memory of this process', () => {
  it('is the current memory after a reset, and then includes what was allocated and freed', () => {
    resetPeak([process.pid]);
    const before = readResidentMb([process.pid]) ?? 0;
    Buffer.alloc(80 * 1024 * 1024, 1);
    expect((readPeakMb([process.pid]) ?? 0) - before).toBeGreaterThan(40);
  });
});
