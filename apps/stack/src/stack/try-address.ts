import { createServer } from 'node:net';
import { type ListenOptions, listen } from '@tripod/shared/os/listen';

/** Throws a ListenError when a server cannot listen on this address. */
export type TryAddress = (options: Pick<ListenOptions, 'host' | 'port'>) => Promise<void>;

/** Listens on the address and stops at once. */
export const tryAddress: TryAddress = async ({ host, port }) => {
  const listening = await listen(createServer(), { host, port });
  await listening.close();
};
