import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { closingAnswer } from '@tripod/shared/http/closing-answer';
import { plainAddress } from '../routing/rules/networks.ts';
import type { ConnectionCounters, EngineConfig } from './engine.ts';
import { Exchange, type ExchangeContext } from './exchange.ts';
import { forwardingErrors } from './forwarding-errors.ts';
import { unreadRequest } from './unread-request.ts';

/** How long a refused client may take to read its answer and to stop sending before the connection is closed. */
const lingerMs = 1000;
/**
 * Refused connections that wait for their clients at once. Further ones are closed at once, so that unread bytes may
 * reset them.
 */
const maxLingering = 1024;
/** Refused connections that wait, for each one that is allowed. */
const lingeringShare = 1 / 4;
/** Descriptors kept for listeners, the admin side, health checks, logs and the runtime. */
const reservedDescriptors = 64;

/**
 * Share of the descriptors that is kept for upstream connections: most kept client connections are idle at any time.
 */
const upstreamShare = 1 / 3;

/**
 * The number of clients that a process with this descriptor limit can serve: a third of the descriptors is kept for
 * upstream connections, and refused connections that wait are bounded by their share.
 */
export const maxConnectionsFor = (descriptorLimit: number): number =>
  Math.max(
    1,
    Math.floor(((descriptorLimit - reservedDescriptors) * (1 - upstreamShare)) / (1 + lingeringShare)),
  );

/** Keeps the number of client connections within `maxConnections`. */
export class ConnectionLimit {
  readonly #config: Pick<EngineConfig, 'maxConnections' | 'scheme'>;
  readonly #counters: ConnectionCounters;
  readonly #context: ExchangeContext;
  #lingering = 0;

  constructor(
    config: Pick<EngineConfig, 'maxConnections' | 'scheme'>,
    counters: ConnectionCounters,
    context: ExchangeContext,
  ) {
    this.#config = config;
    this.#counters = counters;
    this.#context = context;
  }

  /**
   * Returns whether a connection that was just accepted is within the limit, and counts it until it closes. A
   * connection over the limit is answered 503 (with TLS: not answered), logged and closed here: the engine must not use it.
   */
  admit(socket: Socket): boolean {
    const counters = this.#counters;
    if (counters.open >= this.#config.maxConnections) {
      counters.refused += 1;
      this.#refuse(socket);
      return false;
    }
    counters.open += 1;
    socket.once('close', () => {
      counters.open -= 1;
    });
    return true;
  }

  #refuse(socket: Socket): void {
    const error = new AppError(forwardingErrors.PROXY_OVERLOADED, { headers: { 'Retry-After': '1' } });
    const exchange = new Exchange(this.#context, unreadRequest(plainAddress(socket.remoteAddress ?? '')));
    socket.on('error', () => undefined);
    exchange.finish(503);
    // An answer over TLS needs a handshake, whose cost is what the limit avoids.
    if (this.#config.scheme === 'https') {
      socket.destroy();
      return;
    }
    socket.end(closingAnswer(error, exchange.request.requestId));
    if (this.#lingering >= Math.min(maxLingering, this.#config.maxConnections * lingeringShare)) {
      socket.destroySoon();
      return;
    }
    // Closing with unread bytes would reset the connection, and the client might never read the answer (RFC 9112 9.6).
    this.#lingering += 1;
    const cut = this.#context.clock.after(lingerMs, () => socket.destroy());
    socket.once('close', () => {
      this.#lingering -= 1;
      cut.cancel();
    });
    socket.once('end', () => socket.destroySoon());
    socket.resume();
  }
}
