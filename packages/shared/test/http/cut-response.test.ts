import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { cutResponse } from '../../src/http/cut-response.ts';
import { serve } from '../support/serve.ts';

let server: Awaited<ReturnType<typeof serve>>;
let begun: ServerResponse[];
beforeEach(async () => {
  begun = [];
  server = await serve((_request, response) => {
    response.write('a part');
    begun.push(response);
  });
});
afterEach(() => server.cut());

/** A client that has sent this head and heard a part of the answer. */
const hearPart = async (head: string) => {
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  let text = '';
  let errorCode: string | undefined;
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    errorCode = error.code;
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.write(head);
  await waitFor('a part of the answer', () => text.includes('a part'));
  const [response] = begun;
  if (response === undefined) throw new Error('what was heard was answered');
  return { socket, response, untilClosed: () => closed.then(() => ({ text, errorCode })) };
};

describe('cutResponse', () => {
  it.each([
    ['comes in chunks', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['ends with its connection', 'GET / HTTP/1.0\r\n\r\n'],
  ])('resets the connection of an answer that %s', async (_what, head) => {
    const { response, untilClosed } = await hearPart(head);
    cutResponse(response);
    const { text, errorCode } = await untilClosed();
    expect(errorCode).toBe('ECONNRESET');
    expect(text).not.toContain('\r\n0\r\n');
    expect(response.destroyed).toBe(true);
  });

  it('keeps the connection open when the answer is complete', async () => {
    const head = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    const { socket, response } = await hearPart(head);
    response.end();
    await waitFor('the end of the answer', () => response.socket === null);
    cutResponse(response);
    socket.write(head);
    await waitFor('the next request on this connection', () => begun.length === 2);
  });
});
