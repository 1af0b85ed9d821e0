import { connect } from 'node:net';

/**
 * Sends the text on a new connection to 127.0.0.1 and half-closes it. Resolves with everything received until the
 * other side closes, or with undefined when that takes longer than `withinMs`.
 */
export const askAlone = (port: number, text: string, withinMs: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    let received = '';
    const finish = (answer: string | undefined): void => {
      clearTimeout(guard);
      socket.destroy();
      resolve(answer);
    };
    const guard = setTimeout(() => finish(undefined), withinMs);
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
    });
    socket.on('error', () => finish(received));
    socket.once('end', () => finish(received));
    socket.once('close', () => finish(received));
    socket.end(text, 'latin1');
  });
