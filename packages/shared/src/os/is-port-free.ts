import { createServer } from 'node:net';
import { ListenError, listen } from './listen.ts';

/** Whether a server could listen there, on 127.0.0.1 and ::1. Tries it, and lets go again. */
export const isPortFree = async (port: number): Promise<boolean> => {
  try {
    const listening = await listen(createServer(), { host: 'localhost', port });
    await listening.close();
    return true;
  } catch (error) {
    if (error instanceof ListenError) return false;
    throw error;
  }
};
