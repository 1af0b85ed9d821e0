import type { Socket } from 'node:net';

type Write = NonNullable<Socket['_write']>;
type Writev = NonNullable<Socket['_writev']>;

/**
 * Makes a connection silent: what is written waits in its buffer, and writers see backpressure as on a slow network.
 * The returned function sends what has waited. `cork` would not do, because node:http undoes it at each end of a
 * response.
 */
export const silenceWrites = (socket: Socket): (() => void) => {
  const { _write: write, _writev: writev } = socket;
  // The next write comes after the callback of the last one, so that there is at most one.
  let held: (() => void) | undefined;
  socket._write = (...args: Parameters<Write>): void => {
    held = () => write.apply(socket, args);
  };
  socket._writev = (...args: Parameters<Writev>): void => {
    held = () => writev?.apply(socket, args);
  };
  return () => {
    socket._write = write;
    if (writev) socket._writev = writev;
    if (!socket.destroyed) held?.();
  };
};
