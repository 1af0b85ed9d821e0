import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { listen } from '@tripod/shared/process/listen';
import { freePort, freePorts } from '@tripod/shared/testing/free-port';

describe('freePort', () => {
  it('returns a port that both loopback addresses can be listened on', async () => {
    const port = await freePort();
    const { close } = await listen(createServer(), { host: 'localhost', port });
    await close();
  });
});

describe('freePorts', () => {
  it('returns as many different ones as asked', async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
  });
});
