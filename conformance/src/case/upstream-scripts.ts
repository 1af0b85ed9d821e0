import type { Socket } from 'node:net';
import type { Script, Turn } from './case-upstream.ts';

/** The text of a response with these lines. */
export const response = (status: string, lines: readonly string[], body = ''): string =>
  `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;

/** A plain response with its Content-Length. */
export const ok = (body = 'ok', lines: readonly string[] = []): string =>
  response('200 OK', [`Content-Length: ${body.length}`, ...lines], body);

/** One piece of a chunked body. */
export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
export const lastChunk = '0\r\n\r\n';

/** Node leaks a socket that is reset while its FIN is on its way, and then never comes to its own end. */
export const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
};

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const write = async ({ socket }: Turn, pieces: readonly string[]): Promise<void> => {
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await turns();
  }
};

/** Answers when the whole request has come. Several pieces are written one after the other. */
export const says =
  (...pieces: readonly string[]): Script =>
  async (turn) => {
    await turn.whole();
    await write(turn, pieces);
  };

/** Answers 200; to HEAD without a body. The default of every case. */
export const saysOk: Script = async (turn) => {
  await turn.whole();
  await write(turn, [turn.request.method === 'HEAD' ? response('200 OK', ['Content-Length: 2']) : ok()]);
};

/** Answers as soon as the head has come. */
export const saysEarly =
  (...pieces: readonly string[]): Script =>
  (turn) =>
    write(turn, pieces);

/** Answers, then ends the connection. */
export const saysAndCloses =
  (...pieces: readonly string[]): Script =>
  async (turn) => {
    await turn.whole();
    await write(turn, pieces);
    turn.socket.end();
  };

/** Answers, waits until the client's steps release it, and resets the connection: what was said has arrived by then. */
export const saysAndResets =
  (...pieces: readonly string[]): Script =>
  async (turn) => {
    await turn.whole();
    await write(turn, pieces);
    await turn.released();
    reset(turn.socket);
  };

/** Answers this, and the rest once the client's steps release it. */
export const saysThenWhenReleased =
  (first: string, ...rest: readonly string[]): Script =>
  async (turn) => {
    await turn.whole();
    if (first !== '') await write(turn, [first]);
    await turn.released();
    await write(turn, rest);
  };

export const closes: Script = async (turn) => {
  await turn.whole();
  turn.socket.end();
};

export const resets: Script = async (turn) => {
  await turn.whole();
  reset(turn.socket);
};

/** Never answers. */
export const isSilent: Script = () => undefined;

/** Takes the request, and reads nothing more from its connection until it is released. */
export const readsNothing: Script = async (turn) => {
  turn.socket.pause();
  await turn.released();
  turn.socket.resume();
  await turn.whole();
  await write(turn, [ok()]);
};

const switching = ['Connection: Upgrade', 'Upgrade: echo'];

/**
 * Changes to a protocol in which every word comes back in capitals; `bye` ends it, `cut` resets it. `follows`: ends its side
 * when the client has ended the other.
 */
export const switches =
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

/** Answers with the target that it was asked for, so that an answer to another request shows. */
export const saysTarget: Script = async (turn) => {
  await turn.whole();
  const { method, target } = turn.request;
  const text = response('200 OK', [`Content-Length: ${target.length}`], method === 'HEAD' ? '' : target);
  turn.socket.write(text, 'latin1');
};
