import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { plainAddress } from '../../../routing/rules/networks.ts';
import type { Waiting } from '../../deadlines.ts';
import { Exchange } from '../../exchange.ts';
import { clientAddressOf } from '../../forwarded-headers.ts';
import type { RequestHead } from '../wire/request-head.ts';
import { ClientSocket } from './client-socket.ts';
import { DirectExchange } from './direct-exchange.ts';
import type { ExchangeClient, ExchangeParts } from './exchange-client.ts';
import { LocalResponder, toAppError } from './local-response.ts';
import { type ForwardPlan, isForward, type Plan } from './plan.ts';
import { exchangeRequestOf, malformedRequestOf, RequestReader } from './request-reader.ts';

/** Reading stops when more bytes of later requests wait, and goes on when less than half of that is left. */
const maxPipelinedBytes = 65_536;
/** How long a client may go on sending after the last response before the connection is closed. */
const lingerMs = 1000;

/**
 * - `new`: no request has been read yet; its head has a time limit from the connect on
 * - `idle`: between two requests
 * - `partial`: a later request has begun to arrive; its head has a time limit from its first byte on
 * - `reading`: requests are being taken from the input; ends before the call returns
 * - `exchange`: a request is being forwarded
 * - `tunnel`: the connection carries another protocol
 * - `blocked`: the client does not take its responses; no request is read meanwhile
 * - `closing`: the last response has been written
 */
type Phase = 'new' | 'idle' | 'partial' | 'reading' | 'exchange' | 'tunnel' | 'blocked' | 'closing';

/** One client's socket. Reads its requests in order and carries out one at a time; later requests wait. */
export class ClientConnection implements ExchangeClient, Waiting {
  readonly address: string;
  readonly socket: ClientSocket;
  atMs = Number.POSITIVE_INFINITY;
  readonly #socket: Socket;
  readonly #parts: ExchangeParts;
  readonly #reader: RequestReader;
  #phase: Phase = 'new';
  readonly #responder: LocalResponder;
  /** Carries out the forwarded exchanges. */
  readonly direct: DirectExchange;
  /** The exchange under way, if a request has been read, and the head of its request. */
  #exchange: Exchange | undefined;
  #head: RequestHead | undefined;

  constructor(socket: Socket, parts: ExchangeParts, onClosed: () => void) {
    this.#socket = socket;
    this.#parts = parts;
    this.socket = new ClientSocket(socket, parts.batch);
    this.#reader = new RequestReader(parts.plans);
    this.#responder = new LocalResponder(this.socket, parts);
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.direct = new DirectExchange(parts, this);
    parts.deadlines.add(this);
    this.setTimeout(parts.config.clientHeadTimeoutMs);
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('drain', () =>
      this.#phase === 'blocked' ? this.#readRequests() : this.direct.onClientDrained(),
    );
    socket.on('end', () => this.#inputEnded());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed();
      onClosed();
    });
  }

  setTimeout(inMs: number): void {
    this.#parts.deadlines.set(this, inMs);
  }

  exchangeEnded(close: boolean): void {
    // A client that announced a close and has sent nothing more needs no lingering close.
    const hasSentAll = this.#head?.keepAlive === false && this.#reader.input.length === 0;
    this.#responseEnded(close, hasSentAll && this.direct.hasWholeRequest === true);
  }

  sendError(error: AppError, isWhole: boolean): void {
    const exchange = this.#exchange;
    if (!exchange) throw new Error('ClientConnection: an error is sent without a request');
    this.#responseEnded(this.#responder.sendError(error, { exchange, head: this.#head, isWhole }), false);
  }

  openTunnel(): Buffer | undefined {
    this.#phase = 'tunnel';
    this.socket.resume();
    return this.#reader.input.takeAll();
  }

  /** Closes an idle connection, because the engine stops. A request of a new one may be on its way. */
  stop(): void {
    if (this.#phase === 'idle') this.#socket.destroy();
    else if (this.#phase === 'new' || this.#phase === 'partial') this.setTimeout(lingerMs);
  }

  onPassed(): void {
    switch (this.#phase) {
      case 'new':
        // While draining, a client that has sent nothing gets no response.
        if (this.#reader.input.length === 0 && this.#parts.isDraining()) this.#socket.destroy();
        else this.#refuseUnread(new AppError(httpErrors.REQUEST_TIMEOUT));
        return;
      case 'partial':
        this.#refuseUnread(new AppError(httpErrors.REQUEST_TIMEOUT));
        return;
      case 'exchange':
      case 'tunnel':
        this.direct.onTimeout();
        return;
      case 'blocked':
        this.socket.reset();
        return;
      case 'idle':
      case 'closing':
        this.#socket.destroy();
        return;
      case 'reading':
        throw new Error('ClientConnection: a time-out passes while requests are read');
    }
  }

  #received(bytes: Buffer): void {
    switch (this.#phase) {
      case 'closing':
        // Discarded: closing with unread bytes would reset the connection before the client has read the response.
        return;
      case 'exchange':
        if (this.direct.hasWholeRequest) this.#reader.input.add(bytes);
        else this.#takeBody(bytes);
        this.#updateFlow();
        return;
      case 'tunnel':
        this.direct.tunnel.onClientBytes(bytes);
        return;
      case 'blocked':
        this.#reader.input.add(bytes);
        return;
      case 'new':
      case 'idle':
      case 'partial':
        this.#readRequests(this.#reader.findPlan(bytes), bytes);
        return;
      case 'reading':
        throw new Error('ClientConnection: bytes arrive while requests are read');
    }
  }

  /**
   * Reads request after request, as long as each is complete and is answered at once. Begins with `plan` if it is
   * given, otherwise adds `bytes` to the input first.
   */
  #readRequests(plan?: Plan, bytes?: Buffer): void {
    let before = this.#phase;
    this.#phase = 'reading';
    if (plan) {
      this.#begin(plan);
      before = 'idle';
    } else if (bytes) this.#reader.input.add(bytes);
    while (this.#isReading) {
      if (this.socket.isBlocked) {
        this.#phase = 'blocked';
        this.setTimeout(this.#parts.config.idleTimeoutMs);
      } else if (this.#readRequest()) before = 'idle';
      else this.#awaitRequest(before);
    }
    this.#updateFlow();
  }

  get #isReading(): boolean {
    return this.#phase === 'reading';
  }

  /** Reads and begins the next request; false when its head is incomplete. */
  #readRequest(): boolean {
    let plan: Plan | undefined;
    try {
      plan = this.#reader.next();
    } catch (error) {
      this.#refuseUnread(toAppError(error), this.#reader.lastText);
      return true;
    }
    if (!plan) return false;
    this.#begin(plan);
    return true;
  }

  /** Waits for the rest of the next head. `before` is the phase before anything was read. */
  #awaitRequest(before: Phase): void {
    const { clientHeadTimeoutMs, clientKeepAliveMs } = this.#parts.config;
    if (this.#socket.readableEnded) this.#close();
    else if (before === 'new') this.#phase = 'new';
    else if (this.#reader.input.length === 0) {
      this.#phase = 'idle';
      this.setTimeout(clientKeepAliveMs);
    } else {
      this.#phase = 'partial';
      if (before !== 'partial') this.setTimeout(clientHeadTimeoutMs);
    }
  }

  /** Pauses or resumes reading, by the phase and by how much waits. During a body, the exchange does. */
  #updateFlow(): void {
    const waiting = this.#reader.input.length;
    if (this.#phase === 'blocked') this.socket.pause();
    else if (this.#phase !== 'exchange') this.socket.resume();
    else if (!this.direct.hasWholeRequest) return;
    else if (waiting > maxPipelinedBytes) this.socket.pause();
    else if (waiting < maxPipelinedBytes / 2) this.socket.resume();
  }

  #begin(plan: Plan): void {
    const { head, routing } = plan;
    this.#head = head;
    const { config, context } = this.#parts;
    const clientAddress = clientAddressOf(this.address, head.claims, config.trustedProxies);
    const exchange = new Exchange(context, exchangeRequestOf(head, clientAddress, config));
    this.#exchange = exchange;
    const isWhole = head.bodyLength === 0;
    if (isForward(plan)) this.#forward(exchange, plan);
    else if (routing.kind === 'refused') this.sendError(routing.error, isWhole);
    else if (routing.kind !== 'forward')
      this.#responseEnded(this.#responder.sendRouting(routing, { exchange, head, isWhole }), false);
  }

  #forward(exchange: Exchange, plan: ForwardPlan): void {
    const direct = this.direct;
    direct.prepare(exchange, plan);
    const isAdmitted = direct.isActive && this.#isAdmitted(exchange, plan);
    const bytes = plan.head.bodyLength === 0 ? undefined : this.#reader.input.takeAll();
    if (bytes) this.#takeBody(bytes);
    if (isAdmitted && direct.isActive) direct.start();
    if (direct.isActive) this.#phase = 'exchange';
  }

  /** Runs the guard of the route. False when it refuses the request, or decides later. */
  #isAdmitted(exchange: Exchange, { routing: { route } }: ForwardPlan): boolean {
    if (!route.guard) return true;
    try {
      const pending = route.guard(exchange.request);
      if (pending === undefined) return true;
      this.setTimeout(Number.POSITIVE_INFINITY);
      pending.then(
        () => this.#decided(exchange),
        (error) => this.#decided(exchange, error),
      );
    } catch (error) {
      this.direct.refuse(toAppError(error));
    }
    return false;
  }

  #decided(exchange: Exchange, error?: unknown): void {
    // Meanwhile the client may have left, or the request may have been refused for its body.
    if (this.#exchange !== exchange || !this.direct.isActive) return;
    if (error === undefined) this.direct.start();
    else this.direct.refuse(toAppError(error));
  }

  #takeBody(bytes: Buffer): void {
    try {
      const next = this.direct.takeBody(bytes);
      if (next < bytes.length) this.#reader.input.add(bytes.subarray(next));
    } catch (error) {
      this.direct.refuse(toAppError(error));
    }
  }

  /** Refuses bytes that are no valid request: nothing more of this connection is read as one. */
  #refuseUnread(error: AppError, text = ''): void {
    this.#head = undefined;
    this.#exchange = new Exchange(this.#parts.context, malformedRequestOf(text, this.address));
    this.sendError(error, false);
  }

  #responseEnded(close: boolean, mayCloseAtOnce: boolean): void {
    this.#exchange = undefined;
    if (close) this.#close(mayCloseAtOnce);
    // Otherwise the loop that read the request goes on.
    else if (!this.#isReading) this.#readRequests();
  }

  /** The last response has been written: closes the connection when the client has it. */
  #close(mayCloseAtOnce = false): void {
    this.#phase = 'closing';
    this.#reader.input.clear();
    if (mayCloseAtOnce && this.socket.closeIfSent()) return;
    // A slow client may not have taken the end of the response yet.
    this.setTimeout(this.#parts.config.idleTimeoutMs);
    this.socket.end(() => this.setTimeout(lingerMs));
    this.socket.resume();
  }

  #inputEnded(): void {
    switch (this.#phase) {
      case 'new':
      case 'idle':
      case 'partial':
        this.#close();
        return;
      case 'exchange':
        // An incomplete body makes the request invalid. A complete one is answered although the client sends no more.
        if (!this.direct.hasWholeRequest) {
          this.direct.refuse(
            new AppError(httpErrors.REQUEST_INVALID, { detail: 'The body of the request is incomplete.' }),
          );
        }
        return;
      case 'tunnel':
        this.direct.tunnel.onClientEnd();
        return;
      case 'blocked':
      case 'closing':
        return;
      case 'reading':
        throw new Error('ClientConnection: the input ends while requests are read');
    }
  }

  #closed(): void {
    this.direct.onClientClosed();
    this.#phase = 'closing';
    this.#parts.deadlines.remove(this);
  }
}
