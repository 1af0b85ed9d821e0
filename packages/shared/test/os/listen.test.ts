import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort } from '@tripod/testing/free-port';
import { ListenError, type Listening, listen } from '../../src/os/listen.ts';

const open: Listening[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const start = async (server: Server, options: Parameters<typeof listen>[1]): Promise<Listening> => {
  const listening = await listen(server, options);
  open.push(listening);
  return listening;
};

const greet = (): Server => createServer((socket) => socket.end('hello'));

const greetingOf = (host: string, port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    connect({ host, port })
      .on('data', (piece) => {
        text += piece.toString();
      })
      .on('end', () => resolve(text))
      .on('error', reject);
  });

describe('listen', () => {
  it('listens on both loopback addresses, on one port, for localhost', async () => {
    const { port, url } = await start(greet(), { host: 'localhost', port: 0 });
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(await greetingOf('127.0.0.1', port)).toBe('hello');
    expect(await greetingOf('::1', port)).toBe('hello');
  });

  it.each(['127.0.0.1', '::1'])(
    'accepts clients that are in the accept queue of %s when it closes',
    async (host) => {
      const { port, close } = await listen(greet(), { host: 'localhost', port: await freePort() });
      // Connected by the kernel within this turn of the event loop, which cannot have accepted any of them.
      const greetings = Promise.all(Array.from({ length: 20 }, () => greetingOf(host, port)));
      await close();
      expect(new Set(await greetings)).toEqual(new Set(['hello']));
      await expect(greetingOf(host, port)).rejects.toThrow('ECONNREFUSED');
    },
  );

  it('serves HTTP on both', async () => {
    const server = createHttpServer((_request, response) => response.end('fine'));
    const { port } = await start(server, { host: 'localhost', port: 0 });
    for (const host of ['127.0.0.1', '[::1]']) {
      const response = await fetch(`http://${host}:${port}/`, { headers: { Connection: 'close' } });
      expect(await response.text()).toBe('fine');
    }
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:'],
    ['::1', 'http://[::1]:'],
  ])('listens on %s alone when told so', async (host, prefix) => {
    const { port, url } = await start(greet(), { host, port: await freePort() });
    const other = host === '::1' ? '127.0.0.1' : '::1';
    expect(url).toBe(`${prefix}${port}`);
    expect(await greetingOf(host, port)).toBe('hello');
    await expect(greetingOf(other, port)).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['127.0.0.1', '::1'])(
    'names port and flag when %s is taken, and leaves nothing open',
    async (taken) => {
      const { port } = await start(greet(), { host: taken, port: 0 });
      const server = greet();
      const attempt = listen(server, { host: 'localhost', port, flag: '--admin-port' });
      await expect(attempt).rejects.toThrow(ListenError);
      await expect(attempt).rejects.toThrow(
        `Port ${port} is already in use; choose another one with --admin-port.`,
      );
      expect(server.listening).toBe(false);
    },
  );

  it('names --port in the error by default', async () => {
    const { port } = await start(greet(), { host: '127.0.0.1', port: 0 });
    await expect(listen(greet(), { host: '127.0.0.1', port })).rejects.toThrow('with --port.');
  });

  it('says that the machine does not have an address', async () => {
    // 192.0.2.0/24 is kept for documentation (RFC 5737).
    await expect(listen(greet(), { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      'This machine has no address 192.0.2.1; choose another one with --host.',
    );
  });

  it('frees both addresses on close, once the connections have ended', async () => {
    const port = await freePort();
    const listening = await listen(greet(), { host: 'localhost', port });
    await listening.close();
    await start(greet(), { host: 'localhost', port });
    expect(await greetingOf('::1', port)).toBe('hello');
  });
});
