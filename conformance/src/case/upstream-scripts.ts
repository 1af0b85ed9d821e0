import type { Socket } from 'node:net';
import type { Script, Turn } from './case-upstream.ts';

/** Returns the text of an HTTP/1.1 response with these header lines. */
export const response = (status: string, lines: readonly string[], body = ''): string =>
  `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;

/** Returns a 200 response with its Content-Length. */
export const ok = (body = 'ok', lines: readonly string[] = []): string =>
  response('200 OK', [`Content-Length: ${body.length}`, ...lines], body);

/** Returns one chunk of a chunked body. */
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
export const lastChunk = '0\r\n\r\n';

/**
 * Resets the connection. Node 24 leaks a socket that is reset while its FIN is in flight and then never exits, so
 * such a socket is destroyed instead.
 */
export const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const write = async ({ socket }: Turn, pieces: readonly string[]): Promise<void> => {
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await nextTurn();
  }
};

/** Responds when the request is complete. Several pieces are written one after the other. */
export const respond =
  (...pieces: readonly string[]): Script =>
  async (turn) => {
    await turn.complete();
    await write(turn, pieces);
  };

/** Responds 200, to HEAD without a body. The default of every case. */
export const respondOk: Script = async (turn) => {
  await turn.complete();
  await write(turn, [turn.request.method === 'HEAD' ? response('200 OK', ['Content-Length: 2']) : ok()]);
};

/** Responds as soon as the request head has arrived. */
export const respondEarly =
  (...pieces: readonly string[]): Script =>
  (turn) =>
    write(turn, pieces);

/** Responds, then closes the connection. */
export const respondThenClose =
  (...pieces: readonly string[]): Script =>
  async (turn) => {
    await turn.complete();
    await write(turn, pieces);
    turn.socket.end();
  };

/**
 * Responds, waits for a `releaseUpstream` step, and resets the connection. By then the client has what was sent
 * before.
 */
export const respondThenReset =
  (...pieces: readonly string[]): Script =>
  async (turn) => {
    await turn.complete();
    await write(turn, pieces);
    await turn.released();
    reset(turn.socket);
  };

/** Sends the first part of the response, and the rest after a `releaseUpstream` step. */
export const respondThenContinue =
  (first: string, ...rest: readonly string[]): Script =>
  async (turn) => {
    await turn.complete();
    if (first !== '') await write(turn, [first]);
    await turn.released();
    await write(turn, rest);
  };

export const closeConnection: Script = async (turn) => {
  await turn.complete();
  turn.socket.end();
};

export const resetConnection: Script = async (turn) => {
  await turn.complete();
  reset(turn.socket);
};

/** Never responds. */
export const neverRespond: Script = () => undefined;

/** Reads the request head and nothing more until a `releaseUpstream` step. */
export const stopReading: Script = async (turn) => {
  turn.socket.pause();
  await turn.released();
  turn.socket.resume();
  await turn.complete();
  await write(turn, [ok()]);
};

const switching = ['Connection: Upgrade', 'Upgrade: echo'];

/**
 * Responds 101 and then echoes everything in upper case. The word `bye` closes the tunnel, `cut` resets it. With
 * `follows` the upstream half-closes when the client has half-closed.
 */
export const switchProtocol =
  (early = '', lines: readonly string[] = switching, follows = false): Script =>
  (turn) => {
    turn.tunnel((text) => {
      if (text.includes('bye')) turn.socket.end(text.toUpperCase(), 'latin1');
      else if (text.includes('cut')) reset(turn.socket);
      else
        turn.socket.write(
          text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
          'latin1',
        );
    });
    if (follows) turn.socket.once('end', () => turn.socket.end());
    turn.socket.write(response('101 Switching Protocols', lines, early), 'latin1');
  };

/** Responds with the target of the request, so that a response to another request is visible. */
export const respondWithTarget: Script = async (turn) => {
  await turn.complete();
  const { method, target } = turn.request;
  const text = response('200 OK', [`Content-Length: ${target.length}`], method === 'HEAD' ? '' : target);
  turn.socket.write(text, 'latin1');
};
