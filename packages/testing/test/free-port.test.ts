import { createServer } from 'node:net';
import { platform } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/os/listen';
import { freePort, freePorts } from '../src/free-port.ts';

describe('freePort', () => {
  it('returns a port that both loopback addresses can be listened on', async () => {
    const port = await freePort();
    const { close } = await listen(createServer(), { host: 'localhost', port });
    await close();
  });

  it('returns one that the system gives to nobody by itself', async () => {
    expect(await freePort()).toBeLessThan(32_768);
  });

  it('does not return the same one twice in a row', async () => {
    expect(await freePort()).not.toBe(await freePort());
  });
});

describe('freePorts', () => {
  it('returns as many as asked, one after the other', async () => {
    const ports = await freePorts(5);
    const [first = 0] = ports;
    expect(ports).toEqual([first, first + 1, first + 2, first + 3, first + 4]);
  });

  it('leaves out a row in which somebody listens', async () => {
    const [last = 0] = (await freePorts(3)).slice(-1);
    // Another test's process that listens there does as well.
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
  onLinux('leaves out a row of which another process was given a part (skipped but on Linux)', async () => {
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
