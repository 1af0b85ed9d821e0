import type { LookupFunction } from 'node:net';
import { flatten } from '@tripod/shared/text/flatten';
import type { Upstream } from '../../balancing/upstream.ts';
import type { Deadlines } from '../deadlines.ts';
import type { EngineConfig } from '../engine.ts';
import { HeadMemo } from './head-memo.ts';
import { ReadBuffers } from './read-buffers.ts';
import { parseResponseHead } from './response-head.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import type { WriteBatch } from './write-batch.ts';

const maxIdle = 256;

export type UpstreamConnectionsOptions = {
  /** `upstreamKeepAliveMs`: how long an idle connection is kept, shorter than the upstream keeps it. */
  readonly config: Pick<EngineConfig, 'upstreamKeepAliveMs'>;
  readonly deadlines: Deadlines;
  readonly lookup: LookupFunction;
  readonly batch: WriteBatch;
};

/** All connections to all upstreams: those in use, and the idle ones, of which the last used is taken first. */
export class UpstreamConnections {
  readonly #options: UpstreamConnectionsOptions;
  readonly #buffers = new ReadBuffers();
  readonly #heads = new HeadMemo(parseResponseHead, (head) =>
    head.isSecret ? undefined : { ...head, text: flatten(head.text) },
  );
  readonly #idle = new WeakMap<Upstream, UpstreamConnection[]>();
  readonly #all = new Set<UpstreamConnection>();

  constructor(options: UpstreamConnectionsOptions) {
    this.#options = options;
  }

  /** An idle connection, or a new one. */
  take(upstream: Upstream, fresh: boolean): UpstreamConnection {
    const connection = fresh ? undefined : this.#idle.get(upstream)?.pop();
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
    if (idle.length >= maxIdle) {
      connection.destroy();
      return;
    }
    idle.push(connection);
    this.#options.deadlines.set(connection.idleDeadline, this.#options.config.upstreamKeepAliveMs);
  }

  #forget(connection: UpstreamConnection): void {
    this.#options.deadlines.remove(connection.idleDeadline);
    this.#all.delete(connection);
    const idle = this.#idle.get(connection.upstream);
    const index = idle?.indexOf(connection) ?? -1;
    if (index !== -1) idle?.splice(index, 1);
  }
}
