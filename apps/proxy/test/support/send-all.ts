import { connect } from 'node:net';

/** Writes everything before it reads, as simple clients do; resolves with the bytes that can be read then. */
export const sendAllThenRead = (port: number, pieces: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.once('error', reject);
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
    });
    socket.once('end', () => {
      socket.destroy();
      resolve(text);
    });
    socket.pause();
    const next = (index: number): void => {
      const piece = pieces[index];
      if (piece === undefined) socket.resume();
      else socket.write(piece, 'latin1', () => next(index + 1));
    };
    next(0);
  });
