import { createServer, type Socket } from 'node:net';
import { ListenError, listen } from './listen.ts';

/** A client that connects to the probe would keep it open until that client leaves. */
const destroy = (socket: Socket): void => void socket.destroy();

/** Returns whether a server could listen on this port of 127.0.0.1 and ::1, by listening there for a moment. */
export const isPortFree = async (port: number): Promise<boolean> => {
  try {
    const listening = await listen(createServer(destroy), { host: 'localhost', port });
    await listening.close();
    return true;
  } catch (error) {
    if (error instanceof ListenError) return false;
    throw error;
  }
};
