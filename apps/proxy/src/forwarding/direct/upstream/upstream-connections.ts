import type { LookupFunction } from 'node:net';
import { flatten } from '@tripod/shared/text/flatten';
import type { Upstream } from '../../../balancing/upstream.ts';
import type { Deadlines } from '../../deadlines.ts';
import type { EngineConfig } from '../../engine.ts';
import type { WriteBatch } from '../wire/batched-text.ts';
import { HeadCache } from '../wire/head-cache.ts';
import { parseResponseHead } from '../wire/response-head.ts';
import { ReadBuffers } from './read-buffers.ts';
import { UpstreamConnection } from './upstream-connection.ts';

/**
 * A request is on its way for a while: it must not meet an upstream that closes the connection at the announced time.
 */
const keepAliveMarginMs = 1000;
/** The maximum number of idle connections to one upstream. */
const maxIdle = 256;

export type UpstreamConnectionsOptions = {
  /** `upstreamKeepAliveMs`: how long an idle connection is kept; less than the upstream keeps it. */
  readonly config: Pick<EngineConfig, 'upstreamKeepAliveMs'>;
  readonly deadlines: Deadlines;
  readonly lookup: LookupFunction;
  readonly batch: WriteBatch;
};

/** The connections to all upstreams, in use and idle. Of the idle ones, the one used last is taken first. */
export class UpstreamConnections {
  readonly #options: UpstreamConnectionsOptions;
  readonly #buffers = new ReadBuffers();
  readonly #heads = new HeadCache(parseResponseHead, (head) =>
    head.isSecret ? undefined : { ...head, text: flatten(head.text) },
  );
  readonly #idle = new WeakMap<Upstream, UpstreamConnection[]>();
  readonly #all = new Set<UpstreamConnection>();

  constructor(options: UpstreamConnectionsOptions) {
    this.#options = options;
  }

  /** Returns an idle connection, or a new one if there is none or `fresh` is set. */
  take(upstream: Upstream, fresh: boolean): UpstreamConnection {
    const idle = this.#idle.get(upstream);
    let connection = fresh ? undefined : idle?.pop();
    // A destroyed connection stays in the list until its socket has closed.
    while (connection && !connection.isIdle) connection = idle?.pop();
    if (!connection) return this.#open(upstream);
    this.#options.deadlines.clear(connection.idleDeadline);
    return connection;
  }

  destroyAll(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #open(upstream: Upstream): UpstreamConnection {
    const connection = new UpstreamConnection({
      upstream,
      buffers: this.#buffers,
      heads: this.#heads,
      lookup: this.#options.lookup,
      batch: this.#options.batch,
      onIdle: (one) => this.#keep(one),
      onClosed: (one) => this.#forget(one),
    });
    this.#options.deadlines.add(connection.idleDeadline);
    this.#all.add(connection);
    return connection;
  }

  #keep(connection: UpstreamConnection): void {
    let idle = this.#idle.get(connection.upstream);
    if (!idle) {
      idle = [];
      this.#idle.set(connection.upstream, idle);
    }
    const keepAliveMs = Math.min(
      this.#options.config.upstreamKeepAliveMs,
      connection.announcedKeepAliveMs - keepAliveMarginMs,
    );
    if (keepAliveMs <= 0 || idle.length >= maxIdle) {
      connection.destroy();
      return;
    }
    idle.push(connection);
    this.#options.deadlines.set(connection.idleDeadline, keepAliveMs);
  }

  #forget(connection: UpstreamConnection): void {
    this.#options.deadlines.remove(connection.idleDeadline);
    this.#all.delete(connection);
    const idle = this.#idle.get(connection.upstream);
    const index = idle?.indexOf(connection) ?? -1;
    if (index !== -1) idle?.splice(index, 1);
  }
}
