import pg from 'pg';
import { limits, pooledConnectionSettings } from './connection-settings.ts';
import { toConnectionError } from './database-errors.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { cutConnection } from './timed-query.ts';

/** Every connection is lent and enough others wait already, or the wait took too long. Says nothing of the database. */
export class PoolBusyError extends Error {
  constructor() {
    super('all connections to the database are in use');
    this.name = 'PoolBusyError';
  }
}

export type PoolStats = { readonly total: number; readonly idle: number; readonly waiting: number };

export type ConnectionPoolOptions = {
  readonly address: DatabaseAddress;
  readonly applicationName: string;
  /** Most connections at the same time. */
  readonly max: number;
  /** Done with each new connection before it is lent for the first time; a failure is that of the connection. */
  readonly inspect: (client: pg.PoolClient) => Promise<void>;
  /** An idle connection died: the server may be gone. */
  readonly onIdleLoss: (error: Error) => void;
};

/** The driver's message when a free connection did not come in time; a failed connection attempt has another. */
const waitedInVain = 'timeout exceeded when trying to connect';

/** Connections to one database. The death of any of them is never an uncaught error. */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #open = new Set<pg.PoolClient>();
  readonly #lent = new Set<pg.PoolClient>();
  /** Not to be lent again. */
  readonly #stale = new WeakSet<pg.PoolClient>();
  #closed: Promise<void> | undefined;

  constructor({ address, applicationName, max, inspect, onIdleLoss }: ConnectionPoolOptions) {
    this.#pool = new pg.Pool({
      ...pooledConnectionSettings(address, applicationName),
      max,
      idleTimeoutMillis: limits.idleTimeoutMs,
      verify: (client, done) => {
        inspect(client).then(() => done(), done);
      },
    });
    this.#pool.on('connect', (client) => {
      this.#open.add(client);
      // While it is lent its query fails with the same error; without a listener the process would end as well.
      client.on('error', () => undefined);
    });
    this.#pool.on('acquire', (client) => this.#lent.add(client));
    this.#pool.on('release', (_error, client) => this.#lent.delete(client));
    this.#pool.on('remove', (client) => this.#open.delete(client));
    this.#pool.on('error', onIdleLoss);
  }

  /**
   * Lends a connection, to be given back by `release`. Throws a PoolBusyError at once when 500 wait already, or when
   * none came free within 2 s; any other error is a failed connection attempt.
   */
  async acquire(): Promise<pg.PoolClient> {
    if (this.#pool.waitingCount >= limits.maxWaiting) throw new PoolBusyError();
    try {
      for (;;) {
        const client = await this.#pool.connect();
        if (!client.connection.stream.destroyed) return client;
        // It was cut a moment ago, and its pool has not heard of it yet.
        this.release(client, true);
      }
    } catch (error) {
      if (error instanceof Error && error.message === waitedInVain) throw new PoolBusyError();
      throw toConnectionError(error);
    }
  }

  /** Takes a connection back; with `ended`, to close it. */
  release(client: pg.PoolClient, ended = false): void {
    client.release(ended || this.#stale.has(client));
  }

  /** Lends none of the present connections again, but for one: what they were opened with no longer holds. */
  renew(kept: pg.PoolClient): void {
    for (const client of this.#open) {
      if (client === kept) continue;
      this.#stale.add(client);
      if (!this.#lent.has(client)) cutConnection(client);
    }
  }

  /** Cuts the connections that no one uses now: after one was found dead they would each cost a time-out. */
  cutIdle(): void {
    for (const client of this.#open) if (!this.#lent.has(client)) cutConnection(client);
  }

  get stats(): PoolStats {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Waits for lent connections to come back, then ends all. Later calls wait for the first. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#pool.end();
    // A goodbye to a server that is out of reach would be waited for until the kernel gives up.
    for (const client of this.#open) cutConnection(client);
  }
}
