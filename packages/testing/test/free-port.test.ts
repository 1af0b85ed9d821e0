import { createServer } from 'node:net';
import { platform } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { freePort, freePorts } from '../src/free-port.ts';

describe('freePort', () => {
  it('returns a port that is free on both loopback addresses', async () => {
    const port = await freePort();
    const { close } = await listen(createServer(), { host: 'localhost', port });
    await close();
  });

  it('returns a port outside the ephemeral range', async () => {
    expect(await freePort()).toBeLessThan(32_768);
  });

  it('does not return the same one twice in a row', async () => {
    expect(await freePort()).not.toBe(await freePort());
  });
});

describe('freePorts', () => {
  it('returns the requested number of consecutive ports', async () => {
    const ports = await freePorts(5);
    const [first = 0] = ports;
    expect(ports).toEqual([first, first + 1, first + 2, first + 3, first + 4]);
  });

  it('skips a row with a port that is in use', async () => {
    const [last = 0] = (await freePorts(3)).slice(-1);
    // A process of another test may be listening there as well.
    const listening = await listen(createServer(), { host: '127.0.0.1', port: last + 2 }).catch(
      () => undefined,
    );
    try {
      expect(await freePorts(3)).not.toContain(last + 2);
    } finally {
      await listening?.close();
    }
  });

  const onLinux = platform() === 'linux' ? it : it.skip;
  onLinux('skips a row with a port that another process has reserved (Linux only)', async () => {
    const [last = 0] = (await freePorts(3)).slice(-1);
    const other = createServer().listen(`\0tripod-test-port-${last + 2}`);
    other.on('error', () => undefined);
    try {
      expect(await freePorts(3)).not.toContain(last + 2);
    } finally {
      other.close();
    }
  });
});
