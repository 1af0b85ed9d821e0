import { createServer, type Socket } from 'node:net';
import { type ListenOptions, listen } from './listen.ts';

/** A client that connects during the probe would keep the listener open until that client leaves. */
const destroy = (socket: Socket): void => void socket.destroy();

/** Listens on an address for a moment. Throws a ListenError when a server can't listen there. */
export const probeAddress = async (options: Pick<ListenOptions, 'host' | 'port'>): Promise<void> => {
  const listening = await listen(createServer(destroy), options);
  await listening.close();
};
