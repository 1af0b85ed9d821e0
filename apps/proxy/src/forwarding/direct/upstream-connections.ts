import type { LookupFunction } from 'node:net';
import type { Upstream } from '../../balancing/upstream.ts';
import { Deadline, type Deadlines } from '../deadlines.ts';
import { ReadBuffers } from './read-buffers.ts';
import { UpstreamConnection } from './upstream-connection.ts';

const maxIdle = 256;

type Idle = { readonly connection: UpstreamConnection; readonly deadline: Deadline };

export type UpstreamConnectionsOptions = {
  /** How long an idle connection is kept: shorter than the upstream keeps it. */
  readonly idleMs: number;
  readonly deadlines: Deadlines;
  readonly lookup: LookupFunction;
};

/** All connections to all upstreams: those in use, and the idle ones, of which the last used is taken first. */
export class UpstreamConnections {
  readonly #options: UpstreamConnectionsOptions;
  readonly #buffers = new ReadBuffers();
  readonly #idle = new WeakMap<Upstream, UpstreamConnection[]>();
  readonly #all = new Map<UpstreamConnection, Idle>();

  constructor(options: UpstreamConnectionsOptions) {
    this.#options = options;
  }

  /** An idle connection, or a new one. */
  take(upstream: Upstream, fresh: boolean): UpstreamConnection {
    const connection = fresh ? undefined : this.#idle.get(upstream)?.pop();
    if (!connection) return this.#open(upstream);
    this.#expect(connection, Number.POSITIVE_INFINITY);
    return connection;
  }

  /** Open connections, idle ones included. */
  get size(): number {
    return this.#all.size;
  }

  destroyAll(): void {
    for (const connection of this.#all.keys()) connection.destroy();
  }

  #open(upstream: Upstream): UpstreamConnection {
    const connection = new UpstreamConnection({
      upstream,
      buffers: this.#buffers,
      lookup: this.#options.lookup,
      onIdle: (one) => this.#keep(one),
      onClosed: (one) => this.#forget(one),
    });
    const deadline = new Deadline(() => connection.destroy());
    this.#options.deadlines.add(deadline);
    this.#all.set(connection, { connection, deadline });
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
    this.#expect(connection, this.#options.idleMs);
  }

  #forget(connection: UpstreamConnection): void {
    const known = this.#all.get(connection);
    if (known) this.#options.deadlines.remove(known.deadline);
    this.#all.delete(connection);
    const idle = this.#idle.get(connection.upstream);
    const index = idle?.indexOf(connection) ?? -1;
    if (index !== -1) idle?.splice(index, 1);
  }

  #expect(connection: UpstreamConnection, inMs: number): void {
    const known = this.#all.get(connection);
    if (known) this.#options.deadlines.set(known.deadline, inMs);
  }
}
