import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isPortFree } from '@tripod/shared/os/is-port-free';
import { listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';
import { choosePorts } from '../../src/supervisor/choose-ports.ts';

const taken = [8080, 8082, 8090];
const allFree = () => Promise.resolve(true);

describe('choosing ports', () => {
  it('returns 8081, 8083, 8084, 8085 to 8088, then 8091 and up', async () => {
    const ports = await choosePorts(9, { first: 8081, taken, isFree: allFree });
    expect(ports).toEqual([8081, 8083, 8084, 8085, 8086, 8087, 8088, 8091, 8092]);
  });

  it('skips ports that are in use', async () => {
    const isFree = (port: number) => Promise.resolve(port !== 8081 && port !== 8084);
    expect(await choosePorts(3, { first: 8081, taken, isFree })).toEqual([8083, 8085, 8086]);
  });

  it('returns fewer ports when there are not enough', async () => {
    expect(await choosePorts(3, { first: 65_534, taken, isFree: allFree })).toEqual([65_534, 65_535]);
  });
});

describe('a port', () => {
  it.each(['127.0.0.1', '::1'])(
    'is not free while a server listens on %s, and free afterwards',
    async (host) => {
      const port = await freePort();
      const listening = await listen(createServer(), { host, port });
      const whileTaken = await isPortFree(port);
      await listening.close();
      expect([whileTaken, await isPortFree(port)]).toEqual([false, true]);
    },
  );
});
