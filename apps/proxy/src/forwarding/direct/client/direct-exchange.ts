import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import type { Upstream } from '../../../balancing/upstream.ts';
import type { RouteTimeouts } from '../../../routing/route-config.ts';
import { addedHeaders } from '../../added-headers.ts';
import { type Attempt, clientLeft, type Exchange } from '../../exchange.ts';
import { forwardingErrors } from '../../forwarding-errors.ts';
import type { AttemptFailure } from '../../retry.ts';
import type { ResponseReceiver } from '../upstream/response-reader.ts';
import type { ResponseHead } from '../wire/response-head.ts';
import { CurrentAttempt } from './current-attempt.ts';
import type { ExchangeClient, ExchangeParts } from './exchange-client.ts';
import type { ExchangePhase } from './exchange-phase.ts';
import type { ForwardPlan } from './plan.ts';
import { RequestBody } from './request-body.ts';
import { ResponseWriter } from './response-writer.ts';
import { rewriteHead } from './rewrite-head.ts';
import { Tunnel } from './tunnel.ts';

/**
 * Carries out the forwarded exchanges of one client connection, one after the other: attempt after attempt until an
 * upstream responds, then the response to its end. One object serves all of them, so that a request allocates none.
 */
export class DirectExchange implements ResponseReceiver {
  readonly #parts: ExchangeParts;
  readonly #client: ExchangeClient;
  readonly #response: ResponseWriter;
  /** Set by `prepare`, as is the plan. */
  #exchange!: Exchange;
  #plan!: ForwardPlan;
  #body: RequestBody | undefined;
  #phase: ExchangePhase = 'none';
  readonly #current = new CurrentAttempt();
  #tunnel: Tunnel | undefined;
  #status = 0;

  constructor(parts: ExchangeParts, client: ExchangeClient) {
    this.#parts = parts;
    this.#client = client;
    this.#response = new ResponseWriter(client.socket, parts.dateLine, parts.ownLines);
  }

  get isActive(): boolean {
    return this.#phase !== 'none';
  }

  get #timeouts(): RouteTimeouts {
    return this.#plan.routing.route.timeouts;
  }

  /** The tunnel that the exchange has become. */
  get tunnel(): Tunnel {
    return this.#tunnel ?? this.#fail('a tunnel is missing');
  }

  /** The whole request has been received. */
  get hasWholeRequest(): boolean {
    return this.#body === undefined || this.#body.isComplete;
  }

  /**
   * Begins the next exchange. Its body may be taken from now on; `start` sends it. A body that is announced too large
   * ends the exchange at once.
   */
  prepare(exchange: Exchange, plan: ForwardPlan): void {
    if (this.#phase !== 'none') this.#fail('an exchange begins');
    const { head, routing } = plan;
    this.#exchange = exchange;
    this.#plan = plan;
    this.#phase = 'prepared';
    this.#status = 0;
    this.#response.bodyBytes = 0;
    this.#body =
      head.bodyLength === 0 ? undefined : new RequestBody(head.bodyLength, routing.route.maxBodyBytes);
    if (head.bodyLength > routing.route.maxBodyBytes)
      this.refuse(new AppError(forwardingErrors.PROXY_BODY_TOO_LARGE));
  }

  start(): void {
    // A request is refused before this line, so that the client does not send its body (RFC 9110 10.1.1).
    if (this.#plan.head.expectsContinue && !this.hasWholeRequest)
      this.#client.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    this.#sendToNext();
  }

  /** Takes the bytes of the body and returns the index after them. Throws a MessageError for malformed framing. */
  takeBody(bytes: Buffer): number {
    const body = this.#body ?? this.#fail('a request without a body takes one');
    const next = body.take(bytes);
    this.#updateBodyFlow(body.wantsMore);
    return next;
  }

  /** The client's connection has closed. */
  onClientClosed(): void {
    if (this.#phase === 'none') return;
    const connection = this.#current.findConnection();
    this.#finish(this.#phase === 'tunnel' ? this.#status : clientLeft);
    connection?.destroy();
  }

  /** The client takes bytes again. */
  onClientDrained(): void {
    const { idleTimeoutMs, responseTimeoutMs } = this.#timeouts;
    if (this.#phase === 'relaying') this.#client.setTimeout(idleTimeoutMs);
    else if (this.#phase === 'waiting') this.#client.setTimeout(responseTimeoutMs);
    this.#current.findConnection()?.resume();
  }

  onConnected(): void {
    const connection = this.#current.connection;
    this.#phase = 'waiting';
    const { requestHeads } = this.#parts;
    const begun = requestHeads.beginHead(this.#plan, this.#client.address, connection.upstream.id);
    const head = `${begun}${this.#exchange.request.requestId}\r\n\r\n`;
    if (!this.#body) {
      connection.write(head);
      connection.requestWritten();
      this.#client.setTimeout(this.#timeouts.responseTimeoutMs);
      return;
    }
    this.#body.sendTo(connection, head);
    this.#updateBodyFlow(this.#body.wantsMore);
    if (this.#body.wantsMore && !this.#body.isComplete) this.#client.socket.resume();
  }

  onUpstreamDrained(): void {
    if (this.#phase === 'tunnel' || !this.hasWholeRequest) this.#client.socket.resume();
    if (this.#phase !== 'tunnel') this.#updateBodyFlow(true);
  }

  onInterimHead(head: ResponseHead): void {
    if (this.#plan.head.minor === 1) this.#client.socket.write(`${head.text}\r\n`);
  }

  onHead(head: ResponseHead, hasBody: boolean): void {
    const { method, minor, keepAlive } = this.#plan.head;
    this.#phase = 'relaying';
    this.#status = head.status;
    this.#exchange.receivedHead(this.#current.attempt, head.status);
    // After an early response, the rest of the request cannot be told from the next request: the connection is closed.
    this.#response.head(this.#rewrite(head), {
      requestId: this.#exchange.request.requestId,
      method,
      minor,
      keepAlive: keepAlive && this.hasWholeRequest && !this.#parts.isDraining(),
      hasBody,
    });
    this.#client.setTimeout(this.#timeouts.idleTimeoutMs);
  }

  #rewrite(head: ResponseHead): ResponseHead {
    const { route } = this.#plan.routing;
    const { upstream } = this.#current.connection;
    const { config } = this.#parts;
    if (!route.pool.sticky && !config.serverTiming) return rewriteHead(head, route, upstream);
    const { authority, claims } = this.#plan.head;
    const facts = { connectionAddress: this.#client.address, authority, scheme: config.scheme, claims };
    return rewriteHead(
      head,
      route,
      upstream,
      addedHeaders(this.#exchange, this.#current.attempt, facts, config),
    );
  }

  onBody(bytes: Buffer, from: number, to: number): void {
    if (this.#phase === 'tunnel') this.tunnel.onUpstreamBytes(Buffer.from(bytes.subarray(from, to)));
    else this.#response.data(bytes, from, to, this.#current.connection);
  }

  onReadEnd(): boolean {
    if (this.#phase === 'relaying') this.#response.flush();
    const { isBlocked } = this.#client.socket;
    if (this.#phase === 'relaying' || (this.#phase === 'waiting' && isBlocked))
      this.#client.setTimeout(this.#timeouts.idleTimeoutMs);
    return !isBlocked;
  }

  onResponseEnd(): void {
    this.#response.end();
    const close = this.#response.closes || this.#parts.isDraining();
    this.#finish(this.#status);
    this.#client.exchangeEnded(close);
  }

  onUpgrade(head: ResponseHead, rest: Buffer): void {
    const connection = this.#current.connection;
    this.#phase = 'tunnel';
    this.#status = 101;
    this.#exchange.receivedHead(this.#current.attempt, 101);
    this.#tunnel = new Tunnel(this.#client, connection, () => this.#parts.config.tunnelIdleTimeoutMs);
    this.#tunnel.open(head, rest);
  }

  onTunnelEnd(): void {
    this.tunnel.onUpstreamEnd();
  }

  onFailure(failure: AttemptFailure): void {
    const attempt = this.#current.attempt;
    this.#current.end();
    this.#body?.detach();
    if (!this.hasWholeRequest) this.#client.socket.pause();
    const decision = this.#exchange.failAttempt(attempt, failure, this.#body?.isReplayable ?? true);
    if (decision === 'stop') this.refuse(this.#exchange.toError());
    else if (decision === 'same-fresh') this.#send(this.#exchange.retryOnFreshConnection(attempt));
    else this.#sendToNext();
  }

  /** Leaves this upstream for another one, if the request waits for its response and the retry rule allows it. */
  leaveUnhealthy(upstream: Upstream): void {
    const connection = this.#current.findConnection();
    if (connection?.upstream !== upstream || this.#phase !== 'waiting' || !this.hasWholeRequest) return;
    const attempt = this.#current.attempt;
    if (!this.#exchange.mayLeave(attempt, this.#body?.isReplayable ?? true)) return;
    connection.destroy();
    this.#current.end();
    this.#body?.detach();
    this.#exchange.leave(attempt);
    this.#sendToNext();
  }

  onBrokenOff(): void {
    if (this.#phase !== 'tunnel') {
      this.#cutOff(this.#status, true);
      return;
    }
    this.#finish(this.#status);
    this.#client.exchangeEnded(true);
  }

  /** Ends the exchange with an error: as a response, or by a reset if the upstream's response has begun. */
  refuse(error: AppError): void {
    const connection = this.#current.findConnection();
    const hasBegun = this.#phase === 'relaying';
    this.#current.end();
    connection?.destroy();
    this.#phase = 'none';
    if (hasBegun) this.#client.socket.reset();
    else this.#client.sendError(error, this.hasWholeRequest);
  }

  /** The time that was set last has passed. */
  onTimeout(): void {
    const connection = this.#current.findConnection();
    switch (this.#phase) {
      case 'connecting':
        connection?.destroy();
        this.onFailure('connect-timeout');
        return;
      case 'sending':
        this.refuse(new AppError(httpErrors.REQUEST_TIMEOUT));
        return;
      case 'waiting':
      case 'relaying':
        connection?.destroy();
        // The upstream is not late if its response was not read because the client takes nothing.
        if (this.#client.socket.isBlocked) this.#cutOff(clientLeft);
        else if (this.#phase === 'waiting') this.onFailure('response-timeout');
        else this.#cutOff(this.#status, true);
        return;
      case 'tunnel':
        if (this.tunnel.onTimeout()) return;
        connection?.destroy();
        this.#cutOff(this.#status);
        return;
      case 'none':
      case 'prepared':
        this.#fail('a time-out passes');
    }
  }

  #sendToNext(): void {
    const attempt = this.#exchange.startAttempt(this.#plan.routing.route);
    if (attempt) this.#send(attempt);
    else this.refuse(this.#exchange.toError());
  }

  #send(attempt: Attempt): void {
    const connection = this.#parts.connections.take(attempt.upstream, attempt.fresh);
    this.#current.begin(attempt, connection);
    connection.use(this, this.#plan.head);
    if (connection.isConnected) this.onConnected();
    else {
      this.#phase = 'connecting';
      this.#client.setTimeout(this.#timeouts.connectTimeoutMs);
    }
  }

  /** Pauses the client while the upstream takes no more of the body, and sets the time-out of the awaited side. */
  #updateBodyFlow(wantsMore: boolean): void {
    if (!wantsMore && !this.hasWholeRequest) this.#client.socket.pause();
    if (this.#phase !== 'sending' && this.#phase !== 'waiting') return;
    const { clientBodyTimeoutMs, responseTimeoutMs } = this.#timeouts;
    const waitsForClient = wantsMore && !this.hasWholeRequest;
    this.#phase = waitsForClient ? 'sending' : 'waiting';
    this.#client.setTimeout(waitsForClient ? clientBodyTimeoutMs : responseTimeoutMs);
  }

  /** For what cannot happen: going on would mix up messages. */
  #fail(what: string): never {
    throw new Error(`DirectExchange: ${what} in the phase ${this.#phase}`);
  }

  #cutOff(status: number, brokeOff = false): void {
    this.#finish(status, brokeOff);
    this.#client.socket.reset();
  }

  #finish(status: number, brokeOff = false): void {
    this.#phase = 'none';
    if (brokeOff) this.#current.attempt.brokeOff = true;
    this.#tunnel = undefined;
    this.#current.end();
    this.#exchange.bytes = this.#response.bodyBytes;
    this.#exchange.finish(status);
  }
}
