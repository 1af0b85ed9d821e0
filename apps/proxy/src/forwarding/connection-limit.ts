import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { closingAnswer } from '@tripod/shared/http/closing-answer';
import type { ConnectionCounters, EngineConfig } from './engine.ts';
import { Exchange, type ExchangeContext } from './exchange.ts';
import { plainAddress } from './forwarded-headers.ts';
import { forwardingErrors } from './forwarding-errors.ts';
import { unreadRequest } from './unread-request.ts';

/** How long a refused client may take to read its answer and to stop sending, before the connection is cut. */
const lingerMs = 1000;
/** So many refused connections wait for their clients at once; of one more, what the client still sends resets it. */
const maxLingering = 1024;

/** Keeps the number of clients within `maxConnections`: descriptors and memory are what everyone shares. */
export class ConnectionLimit {
  readonly #config: Pick<EngineConfig, 'maxConnections'>;
  readonly #counters: ConnectionCounters;
  readonly #context: ExchangeContext;
  #lingering = 0;

  constructor(
    config: Pick<EngineConfig, 'maxConnections'>,
    counters: ConnectionCounters,
    context: ExchangeContext,
  ) {
    this.#config = config;
    this.#counters = counters;
    this.#context = context;
  }

  /**
   * Whether a connection that has just been accepted may stay. One that may not is told so in a whole answer (503),
   * logged and closed here: the engine must not touch it. One that may is counted until it closes.
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
    socket.end(closingAnswer(error, exchange.request.requestId));
    exchange.finish(503);
    if (this.#lingering >= maxLingering) {
      socket.destroySoon();
      return;
    }
    // Closed with unread bytes, the connection would be reset, and the reset might overtake the answer (RFC 9112 9.6).
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
