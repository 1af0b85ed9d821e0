import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { createSite, type Site } from './support/site.ts';
import { type StartedServer, startServer } from './support/started-server.ts';

let site: Site;

beforeEach(() => {
  site = createSite();
  site.write('in-memory.bin', Buffer.alloc(8_000_000, 'memory'));
  site.write('on-disk.bin', Buffer.alloc(20_000_000, 'disk'));
});

afterEach(() => site.remove());

const startWith = async (stallMs: number | undefined): Promise<StartedServer> => {
  const started = await startServer({ root: site.root, maxMemoryBytes: 64 * 1024 * 1024 });
  const { server } = started.server;
  expect(server.timeout).toBe(60_000);
  if (stallMs !== undefined) server.timeout = stallMs;
  return started;
};

describe('a client that does not read', () => {
  it.each(['/in-memory.bin', '/on-disk.bin'])(
    'is disconnected, and its file is closed or released: %s',
    async (path) => {
      const { port, openFiles, requestLines, stop } = await startWith(1500);
      try {
        const socket = connect({ port, host: '127.0.0.1' });
        socket.on('error', () => undefined);
        socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
        await waitFor('the log line with 499', () => requestLines.some(({ status }) => status === 499));
        await waitFor('the file to be closed', () => openFiles() === 0);
        socket.resume();
        await once(socket, 'close');
      } finally {
        await stop();
      }
    },
  );

  it('is distinguished from one that reads slowly', async () => {
    const stallMs = 2000;
    const { port, requestLines, stop } = await startWith(stallMs);
    try {
      const socket = connect({ port, host: '127.0.0.1' });
      const pauseMs = 8;
      let received = 0;
      let pauses = 0;
      socket.on('data', ({ length }) => {
        received += length;
        pauses += 1;
        socket.pause();
        setTimeout(() => socket.resume(), pauseMs);
      });
      socket.write('GET /on-disk.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      await once(socket, 'close');
      expect(received).toBeGreaterThan(20_000_000);
      expect(pauses * pauseMs).toBeGreaterThan(stallMs);
      await waitFor('its log line', () => requestLines.some(({ status }) => status === 200));
    } finally {
      await stop();
    }
  });
});
