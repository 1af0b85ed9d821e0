import { describe, expect, it } from '@jest/globals';
import { forgetPeak, parseStatus, readPeakMb, readResidentMb } from '../../src/measure/memory.ts';

const status = 'Name:\tnode\nVmHWM:\t  123456 kB\nVmRSS:\t   65536 kB\n';

describe('parseStatus', () => {
  it.each([
    ['VmRSS', 65_536],
    ['VmHWM', 123_456],
  ] as const)('reads %s', (field, kilobytes) => {
    expect(parseStatus(status, field)).toBe(kilobytes);
  });

  it('is 0 for a process without memory of its own', () => {
    expect(parseStatus('Name:\tkthreadd\n', 'VmRSS')).toBe(0);
  });
});

// Only Linux tells it.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the peak of this process', () => {
  it('is what it holds now after it was forgotten, and then remembers what it took for a while', () => {
    forgetPeak([process.pid]);
    const before = readResidentMb([process.pid]) ?? 0;
    Buffer.alloc(80 * 1024 * 1024, 1);
    expect((readPeakMb([process.pid]) ?? 0) - before).toBeGreaterThan(40);
  });
});
