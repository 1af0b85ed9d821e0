import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '@tripod/shared/os/listen';
import { exchangeRaw, parseRawResponse } from '../src/raw-http.ts';

let listening: Listening | undefined;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await listening?.close();
  listening = undefined;
});

const start = async (listener: (socket: Socket) => void): Promise<number> => {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    listener(socket);
  });
  listening = await listen(server, { host: '127.0.0.1', port: 0 });
  return listening.port;
};

describe('parseRawResponse', () => {
  it('splits status, headers and body, and joins repeated headers', () => {
    const text = 'HTTP/1.1 206 Partial Content\r\nA: 1\r\nVary: x\r\nvary:  y \r\n\r\nbody\r\n\r\nmore';
    expect(parseRawResponse(text)).toEqual({
      status: 206,
      headers: { a: '1', vary: 'x, y' },
      body: 'body\r\n\r\nmore',
      text,
    });
  });

  it('returns status 0 for empty text', () => {
    expect(parseRawResponse('')).toMatchObject({ status: 0, body: '' });
  });
});

describe('exchangeRaw', () => {
  it('sends exactly the bytes, then FIN if requested, and returns everything until the other side closes', async () => {
    let received = '';
    const port = await start((socket) => {
      socket.setEncoding('latin1').on('data', (piece: string) => {
        received += piece;
      });
      socket.on('end', () => socket.end('ok \u00ff', 'latin1'));
    });
    expect(await exchangeRaw({ port, bytes: ['a\r', '\n\u00ff\u0000'], halfClose: true })).toBe('ok \u00ff');
    expect(received).toBe('a\r\n\u00ff\u0000');
  });

  it('stops reading once `until` returns true', async () => {
    const port = await start((socket) => void socket.write('enough'));
    expect(await exchangeRaw({ port, bytes: 'x', until: (text) => text === 'enough' })).toBe('enough');
  });

  it('returns what was received before a reset', async () => {
    const port = await start((socket) => {
      socket.on('data', () => socket.write('half', () => socket.resetAndDestroy()));
    });
    expect('half').toContain(await exchangeRaw({ port, bytes: 'x' }));
  });

  it('times out when the other side is silent, and shows what was received', async () => {
    const port = await start((socket) => void socket.write('half'));
    const text = exchangeRaw({ port, bytes: 'x', until: (all) => all === 'never', withinMs: 3000 });
    await expect(text).rejects.toThrow('no end within 3000 ms; received so far: "half"');
  });
});
