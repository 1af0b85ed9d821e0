import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestIdOf } from '@tripod/shared/http/request-id';
import type { Routing } from '../../routing/route-table.ts';
import { Deadline } from '../deadlines.ts';
import { Exchange, type ExchangeContext } from '../exchange.ts';
import { plainAddress } from '../forwarded-headers.ts';
import { DirectExchange, type DirectParts, type ExchangeClient } from './direct-exchange.ts';
import { formatAnswer, type OwnAnswer, refusalOf, routingAnswer, toRefusal } from './own-answer.ts';
import { maxTargetLength, type RequestHead } from './request-head.ts';

const maxHeadBytes = 16_384;
const maxPipelinedBytes = 65_536;
const headEnd = '\r\n\r\n';
/** How long a client may go on sending after the last answer, before the connection is cut. */
const lingerMs = 1000;

/** What a head means here: parsed, and where it goes. Throws a MessageError or an AppError. */
export type Plan = { readonly head: RequestHead; readonly routing: Routing };

export type ClientParts = DirectParts & {
  readonly context: ExchangeContext;
  readonly plan: (text: string) => Plan;
  readonly onClosed: (connection: ClientConnection) => void;
};

/** One client's socket: reads requests in order, one exchange at a time; later requests wait in line. */
export class ClientConnection implements ExchangeClient {
  readonly #socket: Socket;
  readonly #parts: ClientParts;
  readonly #address: string;
  readonly #deadline = new Deadline(() => this.#late());
  #pending: Buffer | undefined;
  #exchange: DirectExchange | undefined;
  /** The exchange as the log knows it, while an answer of ours may still be due. */
  #logged: Exchange | undefined;
  #head: RequestHead | undefined;
  #closing = false;
  #halfClosed = false;
  #paused = false;
  #reading = false;
  /** A request has been read: from then on silence is rest, not a slow head. */
  #served = false;

  constructor(socket: Socket, parts: ClientParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#address = plainAddress(socket.remoteAddress ?? '');
    parts.deadlines.add(this.#deadline);
    parts.deadlines.set(this.#deadline, parts.config.clientHeadTimeoutMs);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('drain', () => this.#exchange?.clientDrained());
    socket.once('end', () => this.#ended());
    socket.on('error', () => undefined);
    socket.once('close', () => this.#closed());
  }

  get isBlocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** No exchange is under way. */
  get isIdle(): boolean {
    return this.#exchange === undefined;
  }

  write(data: string | Buffer, onWritten?: () => void): void {
    if (typeof data === 'string') this.#socket.write(data, 'latin1');
    else this.#socket.write(data, onWritten);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  answered(close: boolean): void {
    this.#exchange = undefined;
    this.#logged = undefined;
    if (close || this.#halfClosed) {
      this.#finish();
      return;
    }
    this.#parts.deadlines.set(this.#deadline, this.#parts.config.clientKeepAliveMs);
    this.resume();
    if (this.#pending && !this.#reading) this.#readNext();
  }

  refuse(error: AppError): void {
    const head = this.#head;
    const requestId = this.#logged?.request.requestId ?? requestIdOf(undefined);
    const answer = refusalOf(error, requestId, head);
    const unread = this.#exchange ? !this.#exchange.body.ended : false;
    // After a doubt about where a request ends, nothing more of the connection may be read as one.
    const doubtful = error.code !== 'NOT_FOUND' && answer.status < 500;
    this.#answer(answer, !head?.keepAlive || unread || doubtful || this.#parts.isDraining());
  }

  cut(): void {
    this.#exchange = undefined;
    this.#socket.resetAndDestroy();
  }

  tunnel(onData: (bytes: Buffer) => void, onEnd: () => void): void {
    this.#parts.deadlines.clear(this.#deadline);
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('end');
    if (this.#pending) onData(this.#pending);
    this.#pending = undefined;
    this.#socket.on('data', onData);
    this.#socket.once('end', onEnd);
    this.resume();
  }

  endTunnel(): void {
    this.#socket.end();
  }

  /** The engine stops: an idle connection has no reason to stay. */
  closeIfIdle(): void {
    if (this.isIdle && !this.#closing) this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    // After the last answer, what still comes is read away, so that the answer is not lost in a reset.
    if (this.#closing) return;
    const exchange = this.#exchange;
    if (exchange && !exchange.body.ended) {
      this.#readBody(exchange, bytes);
      return;
    }
    this.#pending = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes;
    if (!exchange) this.#readNext();
    else if (this.#pending.length > maxPipelinedBytes) this.pause();
  }

  #readBody(exchange: DirectExchange, bytes: Buffer): void {
    try {
      const { next, flowing } = exchange.body.take(bytes, 0);
      if (next < bytes.length) this.#pending = bytes.subarray(next);
      exchange.bodyMoved(flowing);
    } catch (error) {
      exchange.refuse(toRefusal(error));
    }
  }

  /** Reads request after request while they are complete and none is under way. */
  #readNext(): void {
    this.#reading = true;
    while (this.#pending && !this.#exchange && !this.#closing) {
      const bytes = this.#pending;
      const end = bytes.indexOf(headEnd, 0, 'latin1');
      if (end === -1 || end > maxHeadBytes) {
        if (bytes.length > maxHeadBytes) this.#refuseHead(bytes);
        else if (!this.#logged)
          this.#parts.deadlines.set(this.#deadline, this.#parts.config.clientHeadTimeoutMs);
        break;
      }
      const next = end + headEnd.length;
      this.#pending = next < bytes.length ? bytes.subarray(next) : undefined;
      this.#begin(bytes.toString('latin1', 0, next));
    }
    this.#reading = false;
  }

  #refuseHead(bytes: Buffer): void {
    const line = bytes.indexOf('\r\n', 0, 'latin1');
    const tooLong = line === -1 || line > maxTargetLength + 64;
    this.#refuseUnread(new AppError(tooLong ? 'PROXY_URL_TOO_LONG' : 'REQUEST_HEAD_TOO_LARGE'));
  }

  #begin(text: string): void {
    this.#served = true;
    this.#head = undefined;
    this.#parts.deadlines.clear(this.#deadline);
    let plan: Plan;
    try {
      plan = this.#parts.plan(text);
    } catch (error) {
      this.#refuseUnread(toRefusal(error), text);
      return;
    }
    const { head, routing } = plan;
    this.#head = head;
    const exchange = this.#exchangeFor(head.method, head.target, head);
    this.#logged = exchange;
    if (routing.kind === 'forward') this.#forward(exchange, head, routing);
    else {
      const answer = routingAnswer(routing, exchange.request.requestId);
      this.#answer(answer, head.bodyLength !== 0 || !head.keepAlive);
    }
  }

  #forward(exchange: Exchange, head: RequestHead, routing: Routing & { kind: 'forward' }): void {
    const { route, target } = routing;
    const direct = new DirectExchange(this.#parts, exchange, { head, route, target }, this);
    this.#exchange = direct;
    if (head.bodyLength > route.maxBodyBytes) {
      direct.refuse(new AppError('PROXY_BODY_TOO_LARGE'));
      return;
    }
    const bytes = this.#pending;
    if (head.bodyLength !== 0 && bytes) {
      this.#pending = undefined;
      this.#readBody(direct, bytes);
      if (this.#exchange !== direct) return;
    }
    direct.start();
  }

  #exchangeFor(method: string, target: string, head: RequestHead | undefined): Exchange {
    return new Exchange(this.#parts.context, {
      method,
      target,
      protocol: head ? `HTTP/1.${head.minor}` : '-',
      clientAddress: this.#address,
      requestId: requestIdOf(head?.requestId),
      userAgent: head?.userAgent,
      referer: head?.referer,
    });
  }

  /** Refuses what is no request: nothing more of this connection is read as one. */
  #refuseUnread(error: AppError, text = ''): void {
    const [method = '-', target = '-'] = /^(\S{1,32}) (\S{1,8192}) /.exec(text)?.slice(1) ?? [];
    this.#logged = this.#exchangeFor(method, target, undefined);
    this.refuse(error);
  }

  #answer(answer: OwnAnswer, close: boolean): void {
    this.#socket.write(formatAnswer(answer, close, this.#head?.minor ?? 1), 'utf8');
    this.#logged?.finish(answer.status);
    this.answered(close);
  }

  /** The last answer of this connection is written. */
  #finish(): void {
    this.#closing = true;
    this.#pending = undefined;
    this.#socket.end();
    this.resume();
    this.#parts.deadlines.set(this.#deadline, lingerMs);
  }

  #late(): void {
    const waitsForHead = !this.#closing && !this.#exchange && (this.#pending !== undefined || !this.#served);
    if (waitsForHead) this.#refuseUnread(new AppError('REQUEST_TIMEOUT'));
    else this.#socket.destroy();
  }

  #ended(): void {
    this.#halfClosed = true;
    if (this.#exchange?.body.ended) return;
    // Half a body is no request: nothing is to be carried out.
    if (this.#exchange)
      this.#exchange.refuse(new AppError('REQUEST_INVALID', { detail: 'The body broke off.' }));
    else if (!this.#closing) this.#finish();
  }

  #closed(): void {
    this.#parts.deadlines.remove(this.#deadline);
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.abort();
    this.#parts.onClosed(this);
  }
}
