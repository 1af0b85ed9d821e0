import { createServer } from 'node:net';
import { type ListenOptions, listen } from '@tripod/shared/os/listen';

/** Throws a ListenError when a server can not listen there. */
export type TryAddress = (options: Pick<ListenOptions, 'host' | 'port'>) => Promise<void>;

/** Listens there for a moment. */
export const tryAddress: TryAddress = async ({ host, port }) => {
  const listening = await listen(createServer(), { host, port });
  await listening.close();
};
