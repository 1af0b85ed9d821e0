import pg from 'pg';
import { connectionSettings } from './connection-settings.ts';
import { isTlsError, sqlStateOf, toConnectionError } from './database-errors.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { cutConnection } from './timed-query.ts';

/** Makes clients of one address, and remembers which of its TLS choices the server accepts. */
export type Connector = {
  readonly settings: () => pg.ClientConfig;
  /** Moves to the next TLS choice when that may help against this error (`sslmode=prefer` and `allow`). */
  readonly fallBack: (error: unknown) => boolean;
};

export const createConnector = (address: DatabaseAddress, applicationName: string): Connector => {
  let choice = 0;
  return {
    settings: () => connectionSettings(address, applicationName, address.tls?.[choice]),
    fallBack: (error) => {
      if (choice + 1 >= (address.tls?.length ?? 1)) return false;
      // 28000: pg_hba.conf has no entry for this kind of connection.
      if (!isTlsError(error) && sqlStateOf(error) !== '28000') return false;
      choice += 1;
      return true;
    },
  };
};

/**
 * Opens one connection. The signal cuts it, also while it is in use. Throws what the server or the network answered.
 */
export const openClient = async (connector: Connector, signal?: AbortSignal): Promise<pg.Client> => {
  for (;;) {
    signal?.throwIfAborted();
    const client = new pg.Client(connector.settings());
    // The query fails with the same error; without a listener the process would end.
    client.on('error', () => undefined);
    const abort = (): void => cutConnection(client, new Error('stopping'));
    signal?.addEventListener('abort', abort);
    client.once('end', () => signal?.removeEventListener('abort', abort));
    try {
      await client.connect();
      return client;
    } catch (error) {
      cutConnection(client);
      if (!connector.fallBack(error)) throw toConnectionError(error);
    }
  }
};
