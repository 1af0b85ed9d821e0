import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { endAfterRequest } from '@tripod/shared/http/end-after-request';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { sendProblem } from '@tripod/shared/http/send-problem';
import type { Upstream } from '../../balancing/upstream.ts';
import type { Route } from '../../routing/route-table.ts';
import { addedHeaders } from '../added-headers.ts';
import type { Waiting } from '../deadlines.ts';
import { type Attempt, clientLeft, type Exchange } from '../exchange.ts';
import type { ForwardedClaims } from '../forwarded-headers.ts';
import { forwardingErrors } from '../forwarding-errors.ts';
import type { AttemptFailure } from '../retry.ts';
import { rewriteCookiePath, rewriteLocation } from '../rewrite-location.ts';
import { resetConnection } from '../tls-listener.ts';
import { viaElement } from '../via.ts';
import { isUpgrade } from './accept-upgrades.ts';
import { AnswerRelay, endWith, needsKeepAlive, type RelayUser } from './answer-relay.ts';
import type { ForwardingParts } from './forwarding-parts.ts';
import { type AnswerHead, interimHead, outgoingHeaders } from './message-headers.ts';
import { RequestBody, type RequestBodyOptions } from './request-body.ts';
import { type AttemptOwner, UpstreamAttempt } from './upstream-attempt.ts';

type Phase = 'connect' | 'request-body' | 'response-head' | 'response-body';

/** Forwards one exchange: attempt after attempt until an upstream responds, then the response to its end. */
export class ForwardRequest implements RelayUser, AttemptOwner, RequestBodyOptions, Waiting {
  readonly #parts: ForwardingParts;
  readonly #exchange: Exchange;
  readonly #route: Route;
  readonly #target: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #body: RequestBody;
  readonly #claims: ForwardedClaims;
  readonly #expectsContinue: boolean;
  readonly isEmpty: boolean;
  readonly maxBytes: number;
  atMs = Number.POSITIVE_INFINITY;
  #phase: Phase = 'connect';
  #current: UpstreamAttempt | undefined;
  #relay: AnswerRelay | undefined;
  #done = false;

  constructor(
    parts: ForwardingParts,
    exchange: Exchange,
    routed: { readonly route: Route; readonly target: string },
    client: {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly isEmpty: boolean;
      readonly expectsContinue: boolean;
      readonly claims: ForwardedClaims;
    },
  ) {
    this.#parts = parts;
    this.#exchange = exchange;
    this.#route = routed.route;
    this.#target = routed.target;
    this.#request = client.request;
    this.#response = client.response;
    this.isEmpty = client.isEmpty;
    this.maxBytes = routed.route.maxBodyBytes;
    this.#expectsContinue = client.expectsContinue;
    this.#claims = client.claims;
    this.#body = new RequestBody(client.request, this);
    parts.deadlines.add(this);
    parts.waiting.add(this);
    client.response.on('close', () => this.#closed());
  }

  /** Sends the request to an upstream when the guard of the route has admitted it. */
  start(): void {
    try {
      const pending = this.#route.guard?.(this.#exchange.request);
      if (pending === undefined) this.#sendToNext();
      else
        pending.then(
          () => this.#sendToNext(),
          (error) => this.#refuse(error),
        );
    } catch (error) {
      this.#refuse(error);
    }
  }

  #sendToNext(): void {
    if (!this.#done) this.#send(this.#exchange.startAttempt(this.#route));
  }

  #refuse(error: unknown): void {
    if (!(error instanceof AppError)) throw error;
    if (!this.#done) this.#answer(error);
  }

  #send(attempt: Attempt | undefined): void {
    if (!attempt) {
      this.#answer(this.#exchange.toError());
      return;
    }
    const { upstream, fresh } = attempt;
    const { config, agent, freshAgent, deadlines, viaName } = this.#parts;
    const { requestId, method } = this.#exchange.request;
    const { socket: clientSocket } = this.#request;
    const headers = outgoingHeaders(this.#request, {
      route: this.#route,
      upstreamId: upstream.id,
      requestId,
      connectionAddress: clientSocket.remoteAddress ?? '',
      claims: this.#claims,
      via: viaElement(viaName, this.#request.httpVersionMinor),
      trustedProxies: config.trustedProxies,
      scheme: config.scheme,
    });
    const current = new UpstreamAttempt(this, attempt, {
      method,
      target: this.#target,
      headers,
      clientSocket,
    });
    this.#current = current;
    this.#phase = 'connect';
    deadlines.set(this, this.#route.timeouts.connectTimeoutMs);
    this.#parts.package.send(current, upstream, fresh ? freshAgent : agent);
  }

  isCurrent(attempt: UpstreamAttempt): boolean {
    return (
      this.#current === attempt && !this.#done && attempt.attempt.status === 0 && !this.#response.headersSent
    );
  }

  connected({ request }: UpstreamAttempt): void {
    this.onProgress(this.#body.ended ? 'ended' : 'reading');
    if (request) this.#body.sendTo(request);
  }

  onWanted(): void {
    if (this.#expectsContinue) this.#response.writeContinue();
  }

  onTooLarge(): void {
    this.#answer(new AppError(forwardingErrors.PROXY_BODY_TOO_LARGE));
  }

  onProgress(state: 'reading' | 'blocked' | 'ended'): void {
    if (this.#done || this.#phase === 'response-body') return;
    const { clientBodyTimeoutMs, responseTimeoutMs } = this.#route.timeouts;
    // While the upstream takes no more of the body, the time limit is that of the upstream.
    this.#phase = state === 'reading' ? 'request-body' : 'response-head';
    this.#parts.deadlines.set(this, state === 'reading' ? clientBodyTimeoutMs : responseTimeoutMs);
  }

  failed(failure: AttemptFailure): void {
    const current = this.#current;
    if (!current) return;
    const { attempt } = current;
    this.#current = undefined;
    this.#body.detach();
    current.countBytes();
    current.request?.destroy();
    const decision = this.#exchange.failAttempt(attempt, failure, this.#body.replayable);
    if (decision === 'stop') this.#answer(this.#exchange.toError());
    else
      this.#send(
        decision === 'same-fresh'
          ? this.#exchange.retryOnFreshConnection(attempt)
          : this.#exchange.startAttempt(this.#route),
      );
  }

  leaveUnhealthy(upstream: Upstream): void {
    const current = this.#current;
    if (current?.attempt.upstream !== upstream || this.#phase !== 'response-head' || !this.#body.ended)
      return;
    if (!this.#exchange.mayLeave(current.attempt, this.#body.replayable)) return;
    this.#current = undefined;
    this.#body.detach();
    current.countBytes();
    current.request?.destroy();
    this.#exchange.leave(current.attempt);
    this.#send(this.#exchange.startAttempt(this.#route));
  }

  failedLate(attempt: UpstreamAttempt): void {
    if (this.#current === attempt) this.#relay?.failed();
  }

  interim(response: IncomingMessage): void {
    // HTTP/1.0 has no interim responses (RFC 9110 15.2).
    if (this.#request.httpVersion === '1.1') this.#request.socket.write(interimHead(response), 'latin1');
  }

  answered({ attempt }: UpstreamAttempt, upstreamResponse: IncomingMessage, head: AnswerHead): void {
    const { isDraining, closeAfter } = this.#parts;
    const response = this.#response;
    const { headers: received, length, hasRequestId } = head;
    const status = upstreamResponse.statusCode ?? 502;
    this.#exchange.receivedHead(attempt, status);
    this.#phase = 'response-body';
    if (isDraining() || !this.#body.ended) closeAfter(this.#request, response);
    for (let index = 0; index < received.length; index += 2) {
      const name = received[index]?.toLowerCase();
      const value = received[index + 1] ?? '';
      if (name === 'location') received[index + 1] = rewriteLocation(value, this.#route, attempt.upstream);
      else if (name === 'set-cookie') received[index + 1] = rewriteCookiePath(value, this.#route);
    }
    const headers = this.#route.responseHeaders?.applyToPairs(received) ?? received;
    const facts = {
      connectionAddress: this.#request.socket.remoteAddress ?? '',
      authority: this.#request.headers.host,
      claims: this.#claims,
      scheme: this.#parts.config.scheme,
    };
    headers.push(...addedHeaders(this.#exchange, attempt, facts, this.#parts.config));
    headers.push('Via', viaElement(this.#parts.viaName));
    if (this.#parts.hsts !== undefined) headers.push('Strict-Transport-Security', this.#parts.hsts);
    if (!hasRequestId) headers.push('X-Request-Id', this.#exchange.request.requestId);
    if (needsKeepAlive(this.#request, response, status)) headers.push('Connection', 'keep-alive');
    response.writeHead(status, upstreamResponse.statusMessage, headers);
    this.moved(0);
    this.#relay = new AnswerRelay(upstreamResponse, response, length, this);
  }

  moved(bytes: number): void {
    this.#exchange.bytes += bytes;
    this.#parts.deadlines.set(this, this.#route.timeouts.idleTimeoutMs);
  }

  relayed(rest: Buffer | undefined): void {
    const current = this.#current;
    current?.countBytes();
    if (current) this.#exchange.endAttempt(current.attempt);
    if (this.#body.ended) {
      endWith(this.#response, rest);
      return;
    }
    if (rest) this.#response.write(rest);
    this.#body.close();
    endAfterRequest(this.#request, this.#response);
  }

  brokeOff(): void {
    if (this.#response.destroyed) return;
    if (this.#current) this.#current.attempt.brokeOff = true;
    this.#cutOff();
  }

  switched(attempt: UpstreamAttempt, head: IncomingMessage, upstream: Socket, early: Buffer): boolean {
    const { upgrade } = head.headers;
    if (!isUpgrade(this.#request) || upgrade === undefined) return false;
    const { socket: client } = this.#request;
    this.#exchange.receivedHead(attempt.attempt, 101);
    this.#end();
    this.#response.detachSocket(client);
    client.write(interimHead(head, { Connection: 'Upgrade', Upgrade: upgrade }), 'latin1');
    if (early.length > 0) upstream.unshift(early);
    this.#parts.tunnels.open(client, upstream, () => {
      attempt.countBytes();
      this.#exchange.finish(101);
    });
    return true;
  }

  onPassed(): void {
    // The clientError listener has answered a broken body, and the connection is about to close.
    if (this.#phase !== 'response-body' && this.#response.headersSent) return;
    switch (this.#phase) {
      case 'connect':
        this.failed('connect-timeout');
        return;
      case 'request-body':
        this.#answer(new AppError(httpErrors.REQUEST_TIMEOUT));
        return;
      case 'response-head':
        this.failed('response-timeout');
        return;
      case 'response-body':
        // Either the client takes no more, which counts as leaving, or the upstream sends no more.
        if (this.#current) this.#current.attempt.brokeOff = !this.#response.writableNeedDrain;
        this.#current?.request?.destroy();
        this.#cutOff();
        return;
    }
  }

  /**
   * Closes the connection so that the client sees that the response is incomplete. In HTTP/1.0 the end of the
   * connection may be the end of the body, so that only a reset shows it.
   */
  #cutOff(): void {
    const { socket, httpVersion } = this.#request;
    // Node leaks a socket that is reset before its FIN was sent.
    if (httpVersion === '1.0' && !socket.writableEnded) resetConnection(socket);
    this.#response.destroy();
  }

  #answer(error: AppError): void {
    this.#end();
    this.#exchange.code = error.code;
    this.#current?.request?.destroy();
    if (!this.#body.ended) this.#parts.closeAfter(this.#request, this.#response);
    this.#response.setTimeout(this.#parts.config.idleTimeoutMs);
    sendProblem(this.#request, this.#response, error, { requestId: this.#exchange.request.requestId });
  }

  /** Stops forwarding: no further attempt, no time limit. */
  #end(): void {
    this.#done = true;
    this.#body.close();
    this.#parts.deadlines.remove(this);
    this.#parts.waiting.delete(this);
  }

  /** The response was sent, the client left, or the connection was closed here. */
  #closed(): void {
    this.#end();
    const whole = this.#response.writableFinished;
    // A finished upstream request was returned to the agent; an unfinished one is aborted.
    if (!whole || !this.#body.ended) this.#current?.request?.destroy();
    this.#current?.countBytes();
    const cut = this.#current?.attempt.brokeOff ?? false;
    this.#exchange.finish(whole || cut ? this.#response.statusCode : clientLeft);
  }
}
