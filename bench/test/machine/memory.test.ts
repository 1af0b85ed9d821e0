import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

onLinux('the peak memory of a process', () => {
  it('is the current memory after a reset, and then includes what was allocated and freed', async () => {
    const allocate =
      "process.stdin.on('data', () => { Buffer.alloc(80 * 1024 * 1024, 1); console.log('done'); });";
    const child = spawn(process.execPath, ['-e', `${allocate} console.log('ready');`], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const pids = [child.pid ?? 0];
    try {
      await once(child.stdout, 'data');
      resetPeak(pids);
      const before = readResidentMb(pids) ?? 0;
      child.stdin.write('\n');
      await once(child.stdout, 'data');
      expect((readPeakMb(pids) ?? 0) - before).toBeGreaterThan(40);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
});
