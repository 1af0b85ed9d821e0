import type { Socket } from 'node:net';
import { createServer, type Server, TLSSocket } from 'node:tls';
import { AppError } from '@tripod/shared/errors/app-error';
import { closingAnswer } from '@tripod/shared/http/closing-answer';
import type { Certificates } from '../edge/certificates.ts';
import { plainAddress } from '../routing/rules/networks.ts';
import type { EngineConfig } from './engine.ts';
import { Exchange, type ExchangeContext } from './exchange.ts';
import { forwardingErrors } from './forwarding-errors.ts';
import { unreadRequest } from './unread-request.ts';

/** The first byte of a TLS record that holds a handshake (RFC 8446 5.1). */
const handshakeRecord = 0x16;
/** How long a client that spoke plain HTTP may take to read its answer, and a handshake may last while stopping. */
const lingerMs = 1000;

/** The TCP connections under TLS sockets. */
const carriers = new WeakMap<Socket, Socket>();

/** Resets a connection, with or without TLS. Node resets only sockets that are TCP themselves. */
export const resetConnection = (socket: Socket): void => {
  (carriers.get(socket) ?? socket).resetAndDestroy();
};

/** Whether the end of this connection must be announced by TLS (RFC 8446 6.1): without it, it looks cut off. */
export const isEncrypted = (socket: Socket): boolean => socket instanceof TLSSocket;

export type TlsListenerOptions = {
  readonly certificates: Certificates;
  readonly config: Pick<EngineConfig, 'clientHeadTimeoutMs'>;
  readonly context: ExchangeContext;
  /** Gets each connection whose handshake is complete. */
  readonly onSecure: (socket: Socket) => void;
};

/** Both addresses of a connection, which no other connection has at the same time. */
const addressesOf = (socket: Socket): string =>
  `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`;

/** Makes TLS connections of accepted TCP connections. A client that speaks plain HTTP gets a 400 that says so. */
export class TlsListener {
  readonly #options: TlsListenerOptions;
  readonly #server: Server;
  readonly #pending = new Map<string, Socket>();

  constructor(options: TlsListenerOptions) {
    this.#options = options;
    const { certificates, onSecure } = options;
    this.#server = createServer({
      ...certificates.defaultOptions,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (name, choose) => choose(null, certificates.findContext(name)),
    });
    certificates.onChanged = () => this.#server.setSecureContext(certificates.defaultOptions);
    this.#server.on('secureConnection', (socket) => {
      const key = addressesOf(socket);
      const carrier = this.#pending.get(key);
      this.#pending.delete(key);
      if (!carrier) {
        socket.destroy();
        return;
      }
      carriers.set(socket, carrier);
      onSecure(socket);
    });
    // A failed handshake has closed its connection already; without a listener nothing else happens to it.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Takes a connection that has sent nothing yet. Its handshake has the time limit of a request head. */
  accept(socket: Socket): void {
    const { config, context } = this.#options;
    const key = addressesOf(socket);
    this.#pending.set(key, socket);
    const limit = context.clock.after(config.clientHeadTimeoutMs, () => {
      if (this.#pending.get(key) === socket) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      limit.cancel();
      if (this.#pending.get(key) === socket) this.#pending.delete(key);
    });
    socket.once('readable', () => this.#begin(socket));
  }

  /** While stopping: ends the handshakes that do not complete soon. */
  stop(): void {
    this.#options.context.clock.after(lingerMs, () => {
      for (const socket of this.#pending.values()) socket.destroy();
    });
  }

  #begin(socket: Socket): void {
    const first: Buffer | null = socket.read();
    if (first === null) {
      socket.destroy();
      return;
    }
    if (first[0] !== handshakeRecord) {
      this.#refusePlain(socket, first);
      return;
    }
    socket.unshift(first);
    this.#server.emit('connection', socket);
  }

  #refusePlain(socket: Socket, first: Buffer): void {
    const { context } = this.#options;
    // Anything else is no HTTP, and gets no answer in it.
    if (!/^[A-Z]+ /.test(first.toString('latin1', 0, 16))) {
      socket.destroy();
      return;
    }
    const error = new AppError(forwardingErrors.PROXY_TLS_REQUIRED);
    const exchange = new Exchange(context, unreadRequest(plainAddress(socket.remoteAddress ?? '')));
    exchange.code = error.code;
    socket.end(closingAnswer(error, exchange.request.requestId));
    exchange.finish(error.status);
    // Closing with unread bytes would reset the connection before the client has read the answer (RFC 9112 9.6).
    const cut = context.clock.after(lingerMs, () => socket.destroy());
    socket.once('close', () => cut.cancel());
    socket.once('end', () => socket.destroySoon());
    socket.resume();
  }
}
