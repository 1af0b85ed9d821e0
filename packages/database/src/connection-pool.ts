import pg from 'pg';
import { limits } from './connection-settings.ts';
import type { Connector } from './connector.ts';
import { toConnectionError } from './database-errors.ts';
import { cutConnection } from './timed-query.ts';

/** Every connection is in use and enough requests wait already, or the wait took too long. The database may be well. */
export class PoolBusyError extends Error {
  constructor() {
    super('all connections to the database are in use');
    this.name = 'PoolBusyError';
  }
}

export type PoolStats = { readonly total: number; readonly idle: number; readonly waiting: number };

export type ConnectionPoolOptions = {
  readonly connector: Connector;
  /** Most connections at the same time. */
  readonly max: number;
  /** Runs on each new connection before its first use. When it fails, the connection counts as failed. */
  readonly inspect: (client: pg.PoolClient) => Promise<void>;
  /** Called when an idle connection died: the server may be gone. */
  readonly onIdleLoss: (error: Error) => void;
};

/** The driver's message when no connection came free in time; a failed connection attempt has another message. */
const poolTimeoutMessage = 'timeout exceeded when trying to connect';

/** Connections to one database. The death of one of them is never an uncaught error. */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  readonly #open = new Set<pg.PoolClient>();
  readonly #lent = new Set<pg.PoolClient>();
  /** Not lent again. */
  readonly #stale = new WeakSet<pg.Client>();
  #closed: Promise<void> | undefined;

  constructor({ connector, max, inspect, onIdleLoss }: ConnectionPoolOptions) {
    class Client extends pg.Client {
      constructor() {
        // Asked anew for each connection: the TLS choice may have changed.
        super(connector.settings());
      }
    }
    this.#pool = new pg.Pool({
      Client,
      connectionTimeoutMillis: limits.connectTimeoutMs,
      max,
      idleTimeoutMillis: limits.idleTimeoutMs,
      verify: (client, done) => {
        inspect(client).then(() => done(), done);
      },
    });
    this.#pool.on('connect', (client) => {
      this.#open.add(client);
      // The query of a lent connection fails with the same error; without a listener the process would end.
      client.on('error', () => undefined);
    });
    this.#pool.on('acquire', (client) => this.#lent.add(client));
    this.#pool.on('release', (_error, client) => this.#lent.delete(client));
    this.#pool.on('remove', (client) => this.#open.delete(client));
    this.#pool.on('error', onIdleLoss);
  }

  /**
   * Lends a connection; the caller must `release` it. Throws a PoolBusyError at once when 500 requests wait already,
   * or after 2 s without a free connection. Any other error is a failed connection attempt.
   */
  async acquire(): Promise<pg.PoolClient> {
    if (this.#pool.waitingCount >= limits.maxWaiting) throw new PoolBusyError();
    try {
      for (;;) {
        const client = await this.#pool.connect();
        if (!client.connection.stream.destroyed) return client;
        // It was cut a moment ago, and the pool does not know yet.
        this.release(client, true);
      }
    } catch (error) {
      if (error instanceof Error && error.message === poolTimeoutMessage) throw new PoolBusyError();
      throw toConnectionError(error);
    }
  }

  /** Takes a connection back. With `ended` it is closed. */
  release(client: pg.Client, ended = false): void {
    (client as pg.PoolClient).release(ended || this.#stale.has(client));
  }

  /**
   * Never lends the present connections again, except `kept`: the conditions under which they were opened have
   * changed.
   */
  renew(kept?: pg.Client): void {
    for (const client of this.#open) {
      if (client === kept) continue;
      this.#stale.add(client);
      if (!this.#lent.has(client)) cutConnection(client);
    }
  }

  /** Renews all connections, unless this one was already replaced by newer ones. */
  renewFrom(client: pg.Client): void {
    if (this.#stale.has(client)) return;
    this.#stale.add(client);
    this.renew();
  }

  /** Cuts the idle connections: after one was found dead, each of the others would cost a time-out. */
  cutIdle(): void {
    for (const client of this.#open) if (!this.#lent.has(client)) cutConnection(client);
  }

  get stats(): PoolStats {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Waits until all lent connections are back, then closes all. Later calls wait for the first one. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    await this.#pool.end();
    // The kernel would wait a long time for the goodbye of a server that is out of reach.
    for (const client of this.#open) cutConnection(client);
  }
}
