import { AppError } from '@tripod/shared/errors/app-error';
import type { Route } from '../../routing/route-table.ts';
import { Deadline, type Deadlines } from '../deadlines.ts';
import type { EngineConfig } from '../engine.ts';
import { type Attempt, clientLeft, type Exchange } from '../exchange.ts';
import { forwardedHeaders } from '../forwarded-headers.ts';
import type { AttemptFailure } from '../retry.ts';
import { type AnswerSink, AnswerWriter } from './answer-writer.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';
import type { UpstreamConnection, UpstreamUser } from './upstream-connection.ts';
import type { UpstreamConnections } from './upstream-connections.ts';

/** What all exchanges of this engine use together. */
export type DirectParts = {
  readonly config: EngineConfig;
  readonly connections: UpstreamConnections;
  readonly deadlines: Deadlines;
  readonly isDraining: () => boolean;
};

/** The client's connection, as its exchange sees it. */
export type ExchangeClient = AnswerSink & {
  /** Whether what was written waits for a slow reader; `drained` of the exchange follows. */
  readonly isBlocked: boolean;
  pause(): void;
  resume(): void;
  /** The answer is complete. `close`: it was the last of this connection. */
  answered(close: boolean): void;
  /** An answer of ours instead of an upstream's. */
  refuse(error: AppError): void;
  /** The answer broke off: the client must see that too. */
  cut(): void;
  /** Bytes of another protocol go both ways from here on. */
  tunnel(onData: (bytes: Buffer) => void, onEnd: () => void): void;
  endTunnel(): void;
};

type Phase = 'connect' | 'request-body' | 'response-head' | 'response-body' | 'tunnel' | 'done';

/** One request and its answer on the wire: attempt after attempt until one is answered, then the answer to its end. */
export class DirectExchange implements UpstreamUser {
  readonly #parts: DirectParts;
  readonly #exchange: Exchange;
  readonly #head: RequestHead;
  readonly #route: Route;
  readonly #target: string;
  readonly #client: ExchangeClient;
  readonly #answer: AnswerWriter;
  readonly #deadline = new Deadline(() => this.#late());
  readonly body: RequestBody;
  #phase: Phase = 'connect';
  #attempt: Attempt | undefined;
  #connection: UpstreamConnection | undefined;
  #status = 0;

  constructor(
    parts: DirectParts,
    exchange: Exchange,
    request: { readonly head: RequestHead; readonly route: Route; readonly target: string },
    client: ExchangeClient,
  ) {
    this.#parts = parts;
    this.#exchange = exchange;
    this.#head = request.head;
    this.#route = request.route;
    this.#target = request.target;
    this.#client = client;
    this.body = new RequestBody(request.head.bodyLength, request.route.maxBodyBytes);
    this.#answer = new AnswerWriter(client, {
      requestId: exchange.request.requestId,
      minor: request.head.minor,
      isHead: request.head.method === 'HEAD',
      keepAlive: request.head.keepAlive && !parts.isDraining(),
    });
    parts.deadlines.add(this.#deadline);
  }

  start(): void {
    // What would be refused has been refused by now (RFC 9110 10.1.1).
    if (this.#head.expectsContinue && !this.body.ended) this.#client.write('HTTP/1.1 100 Continue\r\n\r\n');
    this.#send(this.#exchange.begin(this.#route));
  }

  /** More of the request's body came: `flowing` false stops the client until the upstream has drained. */
  bodyMoved(flowing: boolean): void {
    if (!flowing) this.#client.pause();
    if (this.#phase !== 'request-body' && this.#phase !== 'response-head') return;
    const { config, deadlines } = this.#parts;
    // While the upstream takes no more, or has it all, it is the upstream that is waited for.
    const waitsForClient = flowing && !this.body.ended;
    this.#phase = waitsForClient ? 'request-body' : 'response-head';
    deadlines.set(this.#deadline, waitsForClient ? config.clientBodyTimeoutMs : config.responseTimeoutMs);
  }

  /** The client left, or was cut off. */
  abort(): void {
    if (this.#phase === 'done') return;
    const connection = this.#connection;
    this.#end(this.#attempt?.brokeOff ? this.#status : clientLeft);
    connection?.destroy();
  }

  /** The client reads again. */
  clientDrained(): void {
    if (this.#phase === 'done') return;
    if (this.#phase === 'response-body')
      this.#parts.deadlines.set(this.#deadline, this.#parts.config.idleTimeoutMs);
    this.#connection?.resume();
  }

  #send(attempt: Attempt | undefined): void {
    if (!attempt) {
      this.refuse(this.#exchange.error());
      return;
    }
    const { connections, deadlines, config } = this.#parts;
    const connection = connections.take(attempt.upstream, attempt.fresh);
    this.#attempt = attempt;
    this.#connection = connection;
    attempt.reused = connection.reused;
    const { method, upgrade } = this.#head;
    connection.use(this, { isHead: method === 'HEAD', wantsUpgrade: upgrade !== undefined });
    if (connection.connected) this.connected();
    else {
      this.#phase = 'connect';
      deadlines.set(this.#deadline, config.connectTimeoutMs);
    }
  }

  connected(): void {
    const connection = this.#connection;
    const attempt = this.#attempt;
    if (!connection || !attempt) return;
    this.#phase = 'response-head';
    const flowing = this.body.sendTo(connection, this.#upstreamHead(attempt.upstream.id));
    this.bodyMoved(flowing);
    if (flowing && !this.body.ended) this.#client.resume();
  }

  drained(): void {
    if (this.#phase === 'tunnel' || !this.body.ended) this.#client.resume();
    if (this.#phase !== 'tunnel') this.bodyMoved(true);
  }

  interim(head: ResponseHead): void {
    if (this.#head.minor === 1) this.#client.write(`HTTP/1.1 ${head.statusText}\r\n${head.lines}\r\n`);
  }

  answered(head: ResponseHead, hasBody: boolean): void {
    if (!this.#attempt) return;
    this.#phase = 'response-body';
    this.#status = head.status;
    this.#exchange.answered(this.#attempt, head.status);
    // The upstream has answered before it had everything: what else comes of the request can't be told from the next.
    this.#answer.head(head, hasBody, !this.body.ended || this.#parts.isDraining());
    this.#parts.deadlines.set(this.#deadline, this.#parts.config.idleTimeoutMs);
  }

  data(bytes: Buffer, from: number, to: number): void {
    const connection = this.#connection;
    if (!connection) return;
    if (this.#phase === 'tunnel') this.#client.write(Buffer.from(bytes.subarray(from, to)));
    else this.#answer.data(bytes, from, to, () => connection.lend());
  }

  flushed(): boolean {
    if (this.#phase === 'response-body') {
      this.#answer.flush();
      this.#parts.deadlines.set(this.#deadline, this.#parts.config.idleTimeoutMs);
    }
    return !this.#client.isBlocked;
  }

  ended(): void {
    if (this.#phase === 'tunnel') {
      this.#client.endTunnel();
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
    this.#parts.deadlines.clear(this.#deadline);
    this.#exchange.answered(this.#attempt, 101);
    const upgrade = `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`;
    this.#client.write(`HTTP/1.1 ${head.statusText}\r\n${head.lines}${upgrade}\r\n`);
    if (rest.length > 0) this.#client.write(Buffer.from(rest));
    this.#client.tunnel(
      (bytes) => {
        if (!connection.write(bytes)) this.#client.pause();
      },
      () => connection.endTunnel(),
    );
  }

  failed(failure: AttemptFailure): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#attempt = undefined;
    this.#connection = undefined;
    this.body.detach();
    this.#client.pause();
    const decision = this.#exchange.fail(attempt, failure, this.body.replayable);
    if (decision === 'stop') this.refuse(this.#exchange.error());
    else if (decision === 'same-fresh') this.#send(this.#exchange.beginAgain(attempt));
    else this.#send(this.#exchange.begin(this.#route));
  }

  brokeOff(): void {
    const wasTunnel = this.#phase === 'tunnel';
    this.#breakOff();
    if (wasTunnel) this.#client.answered(true);
    else this.#client.cut();
  }

  /** Answers with an error of ours: no upstream will. */
  refuse(error: AppError): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#attempt = undefined;
    connection?.destroy();
    const status = this.#phase === 'response-body' ? this.#status : 0;
    this.#phase = 'done';
    this.#parts.deadlines.remove(this.#deadline);
    if (status > 0) this.#client.cut();
    else this.#client.refuse(error);
  }

  #late(): void {
    const connection = this.#connection;
    switch (this.#phase) {
      case 'connect':
      case 'response-head':
        connection?.destroy();
        this.failed(this.#phase === 'connect' ? 'connect-timeout' : 'response-timeout');
        return;
      case 'request-body':
        this.refuse(new AppError('REQUEST_TIMEOUT'));
        return;
      case 'response-body':
        connection?.destroy();
        // Either the upstream sends no more, or the client takes no more.
        if (this.#client.isBlocked) this.#end(clientLeft);
        else this.#breakOff();
        this.#client.cut();
        return;
      case 'tunnel':
      case 'done':
        return;
    }
  }

  #upstreamHead(upstreamId: string): string {
    const { method, authority, claimed, lines, bodyLength, upgrade } = this.#head;
    const { clientAddress, requestId } = this.#exchange.request;
    const forwarded = forwardedHeaders(
      { clientAddress, authority, claimed },
      this.#parts.config.trustedProxies,
    );
    let ours = '';
    for (const name in forwarded) ours += `${name}: ${forwarded[name]}\r\n`;
    const framing =
      bodyLength === -1
        ? 'Transfer-Encoding: chunked\r\n'
        : bodyLength > 0 || method === 'POST' || method === 'PUT'
          ? `Content-Length: ${bodyLength}\r\n`
          : '';
    const switching = upgrade === undefined ? '' : `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
    return `${method} ${this.#target} HTTP/1.1\r\nHost: ${authority ?? upstreamId}\r\n${lines}${ours}X-Request-Id: ${requestId}\r\nVia: 1.1 tripod\r\n${framing}${switching}\r\n`;
  }

  #breakOff(): void {
    if (this.#attempt) this.#attempt.brokeOff = true;
    this.#end(this.#status);
  }

  #end(status: number): void {
    this.#phase = 'done';
    this.#connection = undefined;
    this.#parts.deadlines.remove(this.#deadline);
    this.#exchange.bytes = this.#answer.bodyBytes;
    this.#exchange.finish(status);
  }
}
