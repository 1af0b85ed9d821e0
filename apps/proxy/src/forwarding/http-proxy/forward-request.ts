import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { endAfterRequest } from '@tripod/shared/http/end-after-request';
import { sendProblem } from '@tripod/shared/http/send-problem';
import type { Route } from '../../routing/route-table.ts';
import { Deadline } from '../deadlines.ts';
import { type Attempt, clientLeft, type Exchange } from '../exchange.ts';
import type { AttemptFailure } from '../retry.ts';
import { isUpgrade } from './accept-upgrades.ts';
import { AnswerRelay, endWith, type RelayUser, staysOpenBodiless } from './answer-relay.ts';
import { failureOf } from './attempt-failure.ts';
import type { ForwardingParts } from './forwarding-parts.ts';
import { answerHeaders, interimHead, isForwardable, outgoingHeaders } from './message-headers.ts';
import { RequestBody } from './request-body.ts';

type Phase = 'connect' | 'request-body' | 'response-head' | 'response-body';

/** Carries one exchange through: attempt after attempt until one is answered, then the answer to its end. */
export class ForwardRequest implements RelayUser {
  readonly #parts: ForwardingParts;
  readonly #exchange: Exchange;
  readonly #route: Route;
  readonly #target: string;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #body: RequestBody;
  readonly #deadline = new Deadline(() => this.#late());
  #phase: Phase = 'connect';
  #attempt: Attempt | undefined;
  #upstreamRequest: ClientRequest | undefined;
  #relay: AnswerRelay | undefined;
  #done = false;
  /** What the upstream's connection had carried before this attempt, which may not be its first. */
  #carried = { socket: undefined as Socket | undefined, sent: 0, received: 0 };

  constructor(
    parts: ForwardingParts,
    exchange: Exchange,
    routed: { readonly route: Route; readonly target: string },
    client: {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly isEmpty: boolean;
      readonly expectsContinue: boolean;
    },
  ) {
    this.#parts = parts;
    this.#exchange = exchange;
    this.#route = routed.route;
    this.#target = routed.target;
    this.#request = client.request;
    this.#response = client.response;
    this.#body = new RequestBody(client.request, {
      isEmpty: client.isEmpty,
      onWanted: () => {
        if (client.expectsContinue) client.response.writeContinue();
      },
      maxBytes: routed.route.maxBodyBytes,
      onProgress: (state) => this.#bodyMoved(state),
      onTooLarge: () => this.#answer(new AppError('PROXY_BODY_TOO_LARGE')),
    });
    parts.deadlines.add(this.#deadline);
    client.response.once('close', () => this.#closed());
  }

  start(): void {
    this.#send(this.#exchange.begin(this.#route));
  }

  #send(attempt: Attempt | undefined): void {
    if (!attempt) {
      this.#answer(this.#exchange.error());
      return;
    }
    this.#attempt = attempt;
    const { upstream } = attempt;
    const { config, agent, freshAgent, deadlines } = this.#parts;
    const { requestId, clientAddress } = this.#exchange.request;
    const { trustedProxies } = config;
    const upstreamId = upstream.id;
    const route = this.#route;
    const headers = outgoingHeaders(this.#request, {
      route,
      upstreamId,
      requestId,
      clientAddress,
      trustedProxies,
    });
    this.#phase = 'connect';
    deadlines.set(this.#deadline, config.connectTimeoutMs);
    let connected = false;
    const isCurrent = (): boolean =>
      this.#attempt === attempt && !this.#done && attempt.status === 0 && !this.#response.headersSent;
    this.#parts.package.send(
      {
        method: this.#exchange.request.method,
        target: this.#target,
        headers,
        clientSocket: this.#request.socket,
      },
      {
        upstream,
        agent: attempt.fresh ? freshAgent : agent,
        onError: (error) => {
          if (this.#attempt === attempt) this.#relay?.failed();
          if (isCurrent()) this.#failed(failureOf(error, connected));
        },
        onRequest: (upstreamRequest) => {
          this.#upstreamRequest = upstreamRequest;
          const connect = (): void => {
            connected = true;
            if (isCurrent()) this.#connected(attempt, upstreamRequest);
          };
          upstreamRequest.once('socket', (socket) => {
            if (socket.connecting) socket.once('connect', connect);
            else connect();
          });
          upstreamRequest.once('response', (upstreamResponse) => {
            if (!isCurrent()) upstreamResponse.destroy();
            else if (isForwardable(upstreamResponse)) this.#answered(attempt, upstreamResponse);
            else this.#failed('invalid-head');
          });
          upstreamRequest.on('information', (head: IncomingMessage) => {
            // Ours is the answer to Expect; clients of HTTP/1.0 know no interim responses (RFC 9110 15.2).
            if (head.statusCode === 100 || this.#request.httpVersion === '1.0' || !isCurrent()) return;
            this.#request.socket.write(interimHead(head), 'latin1');
          });
          upstreamRequest.once('upgrade', (head, socket, early) => {
            if (isCurrent() && isUpgrade(this.#request) && head.headers.upgrade !== undefined) {
              this.#switched(attempt, head, socket, early);
              return;
            }
            // A 101 that nobody asked for: node:http then ends the request without an error.
            socket.destroy();
            if (isCurrent()) this.#failed('invalid-head');
          });
        },
      },
    );
  }

  #connected(attempt: Attempt, upstreamRequest: ClientRequest): void {
    attempt.reused = upstreamRequest.reusedSocket;
    const { socket } = upstreamRequest;
    // A connection that has just been made has sent nothing, though the head may wait in it and be counted already.
    const fresh = !attempt.reused || !socket;
    this.#carried = {
      socket: socket ?? undefined,
      sent: fresh ? 0 : socket.bytesWritten,
      received: fresh ? 0 : socket.bytesRead,
    };
    this.#bodyMoved(this.#body.ended ? 'ended' : 'reading');
    this.#body.sendTo(upstreamRequest);
  }

  /** Before the attempt ends: what came of it is reported there. */
  #countBytes(attempt: Attempt | undefined): void {
    const { socket, sent, received } = this.#carried;
    if (!attempt || !socket) return;
    attempt.bytesSent = socket.bytesWritten - sent;
    attempt.bytesReceived = socket.bytesRead - received;
    this.#carried.socket = undefined;
  }

  #bodyMoved(state: 'reading' | 'blocked' | 'ended'): void {
    if (this.#done || this.#phase === 'response-body') return;
    const { config, deadlines } = this.#parts;
    // While the upstream takes no more, it is the upstream that is waited for.
    this.#phase = state === 'reading' ? 'request-body' : 'response-head';
    const limitMs = state === 'reading' ? config.clientBodyTimeoutMs : config.responseTimeoutMs;
    deadlines.set(this.#deadline, limitMs);
  }

  #failed(failure: AttemptFailure): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#attempt = undefined;
    this.#body.detach();
    this.#countBytes(attempt);
    this.#upstreamRequest?.destroy();
    const decision = this.#exchange.fail(attempt, failure, this.#body.replayable);
    if (decision === 'stop') this.#answer(this.#exchange.error());
    else
      this.#send(
        decision === 'same-fresh' ? this.#exchange.beginAgain(attempt) : this.#exchange.begin(this.#route),
      );
  }

  #answered(attempt: Attempt, upstreamResponse: IncomingMessage): void {
    const { isDraining, closeAfter } = this.#parts;
    const response = this.#response;
    const status = upstreamResponse.statusCode ?? 502;
    this.#exchange.answered(attempt, status);
    this.#phase = 'response-body';
    if (isDraining() || !this.#body.ended) closeAfter(this.#request, response);
    const headers = answerHeaders(upstreamResponse, this.#exchange.request.requestId);
    if (staysOpenBodiless(this.#request, response, status)) headers.push('Connection', 'keep-alive');
    response.writeHead(status, upstreamResponse.statusMessage, headers);
    this.moved(0);
    this.#relay = new AnswerRelay(upstreamResponse, response, this);
  }

  moved(bytes: number): void {
    this.#exchange.bytes += bytes;
    this.#parts.deadlines.set(this.#deadline, this.#parts.config.idleTimeoutMs);
  }

  relayed(rest: Buffer | undefined): void {
    const attempt = this.#attempt;
    this.#countBytes(attempt);
    if (attempt) this.#exchange.end(attempt);
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
    if (this.#attempt) this.#attempt.brokeOff = true;
    this.#cutOff();
  }

  /** The upstream speaks another protocol from here on, as the client asked. */
  #switched(attempt: Attempt, upstreamResponse: IncomingMessage, upstream: Socket, early: Buffer): void {
    const { socket: client } = this.#request;
    this.#exchange.answered(attempt, 101);
    this.#end();
    this.#response.detachSocket(client);
    client.write(
      interimHead(upstreamResponse, { Connection: 'Upgrade', Upgrade: upstreamResponse.headers.upgrade }),
      'latin1',
    );
    if (early.length > 0) upstream.unshift(early);
    this.#parts.tunnels.open(client, upstream, () => {
      this.#countBytes(attempt);
      this.#exchange.finish(101);
    });
  }

  #late(): void {
    // A broken body was answered without us, and the connection is about to close.
    if (this.#phase !== 'response-body' && this.#response.headersSent) return;
    switch (this.#phase) {
      case 'connect':
        this.#failed('connect-timeout');
        return;
      case 'request-body':
        this.#answer(new AppError('REQUEST_TIMEOUT'));
        return;
      case 'response-head':
        this.#failed('response-timeout');
        return;
      case 'response-body':
        // Whose silence it was: a client that takes nothing has left as far as we know.
        if (this.#attempt) this.#attempt.brokeOff = !this.#response.writableNeedDrain;
        this.#upstreamRequest?.destroy();
        this.#cutOff();
        return;
    }
  }

  /**
   * Half an answer must never look like a whole one. To HTTP/1.0 the end of the connection may be the end of the
   * body: there only a reset tells.
   */
  #cutOff(): void {
    const { socket, httpVersion } = this.#request;
    // Node leaks a socket that is reset while its FIN is on its way.
    if (httpVersion === '1.0' && !socket.writableEnded) socket.resetAndDestroy();
    this.#response.destroy();
  }

  #answer(error: AppError): void {
    this.#end();
    this.#upstreamRequest?.destroy();
    if (!this.#body.ended) this.#parts.closeAfter(this.#request, this.#response);
    this.#response.setTimeout(this.#parts.config.idleTimeoutMs);
    sendProblem(this.#request, this.#response, error, { requestId: this.#exchange.request.requestId });
  }

  /** Nothing more is asked of any upstream. */
  #end(): void {
    this.#done = true;
    this.#body.close();
    this.#parts.deadlines.remove(this.#deadline);
  }

  /** The client has its answer, or left, or was cut off. */
  #closed(): void {
    this.#end();
    const whole = this.#response.writableFinished;
    // An upstream request that came to its end belongs to the agent again; an unfinished one is aborted at once.
    if (!whole || !this.#body.ended) this.#upstreamRequest?.destroy();
    this.#countBytes(this.#attempt);
    const cut = this.#attempt?.brokeOff ?? false;
    this.#exchange.finish(whole || cut ? this.#response.statusCode : clientLeft);
  }
}
