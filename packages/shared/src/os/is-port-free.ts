import { ListenError } from './listen.ts';
import { probeAddress } from './probe-address.ts';

/** Returns whether a server could listen on this port of 127.0.0.1 and ::1, by listening there for a moment. */
export const isPortFree = async (port: number): Promise<boolean> => {
  try {
    await probeAddress({ host: 'localhost', port });
    return true;
  } catch (error) {
    if (error instanceof ListenError) return false;
    throw error;
  }
};
