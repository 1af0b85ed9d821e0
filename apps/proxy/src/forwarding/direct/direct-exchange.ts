import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { type Attempt, clientLeft, type Exchange } from '../exchange.ts';
import type { AttemptFailure } from '../retry.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { DirectParts, ExchangeClient } from './exchange-client.ts';
import type { ForwardPlan } from './plan.ts';
import { RequestBody } from './request-body.ts';
import type { ResponseHead } from './response-head.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamUser } from './upstream-user.ts';

type Phase = 'connect' | 'request-body' | 'response-head' | 'response-body' | 'tunnel' | 'done';

/**
 * Carries the exchanges of one client connection out on the wire, one after the other: attempt after attempt until one is
 * answered, then the answer to its end. One object for all of them, so that a request costs no new ones.
 */
export class DirectExchange implements UpstreamUser {
  readonly #parts: DirectParts;
  readonly #client: ExchangeClient;
  readonly #answer: AnswerWriter;
  /** These two are set by `prepare`, before anything else can happen. */
  #exchange!: Exchange;
  #plan!: ForwardPlan;
  #body: RequestBody | undefined;
  #phase: Phase = 'done';
  #attempt: Attempt | undefined;
  #connection: UpstreamConnection | undefined;
  #status = 0;

  constructor(parts: DirectParts, client: ExchangeClient) {
    this.#parts = parts;
    this.#client = client;
    this.#answer = new AnswerWriter(client.socket, parts.dateLine);
  }

  /** An exchange is under way. */
  get isActive(): boolean {
    return this.#phase !== 'done';
  }

  /** The whole request has come. */
  get hasWholeRequest(): boolean {
    return this.#body === undefined || this.#body.ended;
  }

  /** Takes the next exchange on; its body may come from now on, `start` sends it out. */
  prepare(exchange: Exchange, plan: ForwardPlan): void {
    const { head, routing } = plan;
    this.#exchange = exchange;
    this.#plan = plan;
    this.#phase = 'connect';
    this.#status = 0;
    this.#answer.bodyBytes = 0;
    this.#body =
      head.bodyLength === 0 ? undefined : new RequestBody(head.bodyLength, routing.route.maxBodyBytes);
  }

  start(): void {
    // What would be refused has been refused by now (RFC 9110 10.1.1).
    if (this.#plan.head.expectsContinue && !this.hasWholeRequest)
      this.#client.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    this.#send(this.#exchange.begin(this.#plan.routing.route));
  }

  /** Takes what belongs to the body; returns where it stopped. Throws a MessageError on bad framing. */
  takeBody(bytes: Buffer): number {
    if (!this.#body) return 0;
    const next = this.#body.take(bytes);
    this.#bodyMoved(this.#body.flowing);
    return next;
  }

  /** The client left, or was cut off. */
  abort(): void {
    if (this.#phase === 'done') return;
    const connection = this.#connection;
    this.#end(this.#phase === 'tunnel' ? this.#status : clientLeft);
    connection?.destroy();
  }

  /** The client reads again. */
  clientDrained(): void {
    if (this.#phase === 'done') return;
    if (this.#phase === 'response-body') this.#client.expect(this.#parts.config.idleTimeoutMs);
    this.#connection?.resume();
  }

  connected(): void {
    const connection = this.#connection;
    const attempt = this.#attempt;
    if (!connection || !attempt) return;
    this.#phase = 'response-head';
    const begun = this.#parts.upstreamHeads.begin(this.#plan, this.#client.address, attempt.upstream.id);
    const head = `${begun}${this.#exchange.request.requestId}\r\n\r\n`;
    if (!this.#body) {
      connection.write(head);
      connection.requestEnded();
      this.#client.expect(this.#parts.config.responseTimeoutMs);
      return;
    }
    this.#body.sendTo(connection, head);
    this.#bodyMoved(this.#body.flowing);
    if (this.#body.flowing && !this.#body.ended) this.#client.socket.resume();
  }

  drained(): void {
    if (this.#phase === 'tunnel' || !this.hasWholeRequest) this.#client.socket.resume();
    if (this.#phase !== 'tunnel') this.#bodyMoved(true);
  }

  interim(head: ResponseHead): void {
    if (this.#plan.head.minor === 1) this.#client.socket.write(`${head.text}\r\n`);
  }

  answered(head: ResponseHead, hasBody: boolean): void {
    if (!this.#attempt) return;
    const { method, minor, keepAlive } = this.#plan.head;
    this.#phase = 'response-body';
    this.#status = head.status;
    this.#exchange.answered(this.#attempt, head.status);
    // The upstream has answered before it had everything: what else comes of the request can't be told from the next.
    this.#answer.head(head, {
      requestId: this.#exchange.request.requestId,
      method,
      minor,
      keepAlive: keepAlive && this.hasWholeRequest && !this.#parts.isDraining(),
      hasBody,
    });
    this.#client.expect(this.#parts.config.idleTimeoutMs);
  }

  data(bytes: Buffer, from: number, to: number): void {
    const connection = this.#connection;
    if (!connection) return;
    if (this.#phase === 'tunnel') this.#client.socket.write(Buffer.from(bytes.subarray(from, to)));
    else this.#answer.data(bytes, from, to, connection);
  }

  flushed(): boolean {
    if (this.#phase === 'response-body') {
      this.#answer.flush();
      this.#client.expect(this.#parts.config.idleTimeoutMs);
    }
    return !this.#client.socket.isBlocked;
  }

  ended(): void {
    if (this.#phase === 'tunnel') {
      this.#client.socket.end();
      return;
    }
    this.#answer.end();
    const close = this.#answer.closes || this.#parts.isDraining();
    this.#end(this.#status);
    this.#client.answered(close);
  }

  upgraded(head: ResponseHead, rest: Buffer): void {
    const connection = this.#connection;
    if (!connection || !this.#attempt) return;
    this.#phase = 'tunnel';
    this.#status = 101;
    this.#client.expect(Number.POSITIVE_INFINITY);
    this.#exchange.answered(this.#attempt, 101);
    this.#client.socket.write(`${head.text}Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n\r\n`);
    if (rest.length > 0) this.#client.socket.write(Buffer.from(rest));
    this.#client.tunnel(
      (bytes) => {
        if (!connection.write(bytes)) this.#client.socket.pause();
      },
      () => connection.endTunnel(),
    );
  }

  failed(failure: AttemptFailure): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#settle();
    this.#body?.detach();
    this.#client.socket.pause();
    const decision = this.#exchange.fail(attempt, failure, this.#body?.replayable ?? true);
    if (decision === 'stop') this.refuse(this.#exchange.error());
    else if (decision === 'same-fresh') this.#send(this.#exchange.beginAgain(attempt));
    else this.#send(this.#exchange.begin(this.#plan.routing.route));
  }

  brokeOff(): void {
    if (this.#phase === 'tunnel') {
      this.#end(this.#status);
      this.#client.answered(true);
      return;
    }
    this.#breakOff();
    this.#client.socket.cut();
  }

  /** Answers with an error of ours: no upstream will. */
  refuse(error: AppError): void {
    const connection = this.#connection;
    const hasAnswered = this.#phase === 'response-body';
    this.#settle();
    connection?.destroy();
    this.#phase = 'done';
    if (hasAnswered) this.#client.socket.cut();
    else this.#client.refuse(error, this.hasWholeRequest);
  }

  /** The client's deadline has passed. */
  late(): void {
    const connection = this.#connection;
    switch (this.#phase) {
      case 'connect':
      case 'response-head':
        connection?.destroy();
        this.failed(this.#phase === 'connect' ? 'connect-timeout' : 'response-timeout');
        return;
      case 'request-body':
        this.refuse(new AppError(httpErrors.REQUEST_TIMEOUT));
        return;
      case 'response-body':
        connection?.destroy();
        // Either the upstream sends no more, or the client takes no more.
        if (this.#client.socket.isBlocked) this.#end(clientLeft);
        else this.#breakOff();
        this.#client.socket.cut();
        return;
      case 'tunnel':
      case 'done':
        return;
    }
  }

  #send(attempt: Attempt | undefined): void {
    if (!attempt) {
      this.refuse(this.#exchange.error());
      return;
    }
    const connection = this.#parts.connections.take(attempt.upstream, attempt.fresh);
    this.#attempt = attempt;
    this.#connection = connection;
    attempt.reused = connection.reused;
    connection.use(this, this.#plan.head.method === 'HEAD', this.#plan.head.upgrade !== undefined);
    if (connection.connected) this.connected();
    else {
      this.#phase = 'connect';
      this.#client.expect(this.#parts.config.connectTimeoutMs);
    }
  }

  /** More of the request's body came: `flowing` false stops the client until the upstream has drained. */
  #bodyMoved(flowing: boolean): void {
    if (!flowing && !this.hasWholeRequest) this.#client.socket.pause();
    if (this.#phase !== 'request-body' && this.#phase !== 'response-head') return;
    const { clientBodyTimeoutMs, responseTimeoutMs } = this.#parts.config;
    // While the upstream takes no more, or has it all, it is the upstream that is waited for.
    const waitsForClient = flowing && !this.hasWholeRequest;
    this.#phase = waitsForClient ? 'request-body' : 'response-head';
    this.#client.expect(waitsForClient ? clientBodyTimeoutMs : responseTimeoutMs);
  }

  /** The attempt is over: what its connection counted is its. */
  #settle(): void {
    const attempt = this.#attempt;
    const connection = this.#connection;
    this.#attempt = undefined;
    this.#connection = undefined;
    if (!attempt || !connection) return;
    attempt.bytesSent = connection.bytesSent;
    attempt.bytesReceived = connection.bytesReceived;
  }

  #breakOff(): void {
    if (this.#attempt) this.#attempt.brokeOff = true;
    this.#end(this.#status);
  }

  #end(status: number): void {
    this.#phase = 'done';
    this.#settle();
    this.#exchange.bytes = this.#answer.bodyBytes;
    this.#exchange.finish(status);
  }
}
