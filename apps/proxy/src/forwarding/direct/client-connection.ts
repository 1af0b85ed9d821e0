import type { Socket } from 'node:net';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { requestIdOf } from '@tripod/shared/http/request-id';
import type { Waiting } from '../deadlines.ts';
import { Exchange, type ExchangeContext } from '../exchange.ts';
import { plainAddress } from '../forwarded-headers.ts';
import { forwardingErrors } from '../forwarding-errors.ts';
import { ClientSocket } from './client-socket.ts';
import { DirectExchange } from './direct-exchange.ts';
import type { DirectParts, ExchangeClient } from './exchange-client.ts';
import { requestOf, unreadableRequest } from './exchange-request.ts';
import { type HeadMemo, maxMemoLength } from './head-memo.ts';
import { formatAnswer, type OwnAnswer, refusalOf, routingAnswer, toRefusal } from './own-answer.ts';
import { PendingBytes } from './pending-bytes.ts';
import { type ForwardPlan, isForward, type Plan } from './plan.ts';
import type { RequestHead } from './request-head.ts';

const maxPipelinedBytes = 65_536;
const lineFeed = 10;
/** How long a client may go on sending after the last answer, before the connection is cut. */
const lingerMs = 1000;

export type ClientParts = DirectParts & {
  readonly context: ExchangeContext;
  readonly plans: () => HeadMemo<Plan>;
  readonly onClosed: (connection: ClientConnection) => void;
};

/** One client's socket: reads requests in order, one exchange at a time; later requests wait in line. */
export class ClientConnection implements ExchangeClient, Waiting {
  readonly address: string;
  readonly socket: ClientSocket;
  /** When what it waits for, or its exchange, is late. */
  atMs = Number.POSITIVE_INFINITY;
  readonly #socket: Socket;
  readonly #parts: ClientParts;
  #direct: DirectExchange | undefined;
  readonly #pending = new PendingBytes();
  /** The exchange as the log knows it, while an answer of ours may still be due. */
  #logged: Exchange | undefined;
  #head: RequestHead | undefined;
  #closing = false;
  #halfClosed = false;
  #reading = false;
  #awaitsRest = false;
  /** A request has been read: from then on silence is rest, not a slow head. */
  #served = false;

  constructor(socket: Socket, parts: ClientParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.socket = new ClientSocket(socket, parts.batch);
    this.address = plainAddress(socket.remoteAddress ?? '');
    parts.deadlines.add(this);
    this.expect(parts.config.clientHeadTimeoutMs);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('drain', () => this.#direct?.clientDrained());
    socket.on('end', () => this.#ended());
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
  }

  /** No exchange is under way. */
  get isIdle(): boolean {
    return !this.#direct?.isActive;
  }

  answered(close: boolean): void {
    // Who asked for the end, and has sent no more than was answered, sends nothing that a reset could answer.
    const isExpected = this.#head?.keepAlive === false && this.#pending.length === 0;
    this.#next(close, isExpected && this.#direct?.hasWholeRequest === true);
  }

  #next(close: boolean, mayCloseAtOnce: boolean): void {
    this.#logged = undefined;
    if (close) {
      this.#finish(mayCloseAtOnce);
      return;
    }
    this.expect(this.#parts.config.clientKeepAliveMs);
    this.socket.resume();
    if (!this.#reading) this.#readNext();
  }

  refuse(error: AppError, isWhole: boolean): void {
    const head = this.#head;
    const answer = refusalOf(error, this.#logged?.request.requestId ?? requestIdOf(undefined), head);
    if (this.#logged) this.#logged.code = error.code;
    // After a doubt about where a request ends, nothing more of the connection may be read as one.
    const isDoubtful = !isWhole || (error.code !== 'NOT_FOUND' && answer.status < 500);
    this.#answer(answer, !head?.keepAlive || isDoubtful || this.#parts.isDraining());
  }

  expect(inMs: number): void {
    this.#parts.deadlines.set(this, inMs);
  }

  tunnel(onData: (bytes: Buffer) => void, onEnd: () => void): void {
    this.#head = undefined;
    this.#socket.removeAllListeners('data');
    this.#socket.removeAllListeners('end');
    const early = this.#pending.takeAll();
    if (early) onData(early);
    this.#socket.on('data', onData);
    this.#socket.once('end', onEnd);
    this.socket.resume();
  }

  /** The engine stops: an idle connection has no reason to stay, one whose first request may be on its way has one. */
  stop(): void {
    if (!this.isIdle || this.#closing) return;
    if (this.#served && this.#pending.length === 0) this.#socket.destroy();
    else this.expect(lingerMs);
  }

  onPassed(): void {
    if (this.#direct?.isActive) {
      this.#direct.late();
      return;
    }
    const isSilent = this.#pending.length === 0 && (this.#served || this.#parts.isDraining());
    if (!this.#closing && !isSilent) this.#refuseUnread(new AppError(httpErrors.REQUEST_TIMEOUT));
    else this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    // After the last answer, what still comes is read away, so that the answer is not lost in a reset.
    if (this.#closing) return;
    const direct = this.#direct;
    if (direct?.isActive) {
      if (!direct.hasWholeRequest) this.#readBody(direct, bytes);
      else this.#wait(bytes);
      return;
    }
    // The usual read is one head that was seen before.
    const mayBeHead =
      this.#pending.length === 0 && bytes.length <= maxMemoLength && bytes.at(-1) === lineFeed;
    const plan = mayBeHead ? this.#parts.plans().find(bytes.toString('latin1')) : undefined;
    if (plan) {
      this.#begin(plan);
      return;
    }
    this.#pending.add(bytes);
    this.#readNext();
  }

  /** The next request waits until this one has been answered. */
  #wait(bytes: Buffer): void {
    this.#pending.add(bytes);
    if (this.#pending.length > maxPipelinedBytes) this.socket.pause();
  }

  #readBody(direct: DirectExchange, bytes: Buffer): void {
    try {
      const next = direct.takeBody(bytes);
      if (next < bytes.length) this.#pending.add(bytes.subarray(next));
    } catch (error) {
      direct.refuse(toRefusal(error));
    }
  }

  /** Reads request after request while they are complete and none is under way. */
  #readNext(): void {
    this.#reading = true;
    while (this.isIdle && !this.#closing) {
      let text: string | undefined = '';
      let plan: Plan;
      try {
        text = this.#pending.takeHead();
        if (text === undefined) break;
        plan = this.#parts.plans().read(text);
      } catch (error) {
        this.#refuseUnread(toRefusal(error), text);
        break;
      }
      this.#begin(plan);
    }
    this.#reading = false;
    if (!this.isIdle || this.#closing) return;
    if (this.#halfClosed) this.#finish();
    else if (this.#pending.length > 0 && !this.#awaitsRest) {
      this.#awaitsRest = true;
      // The time for all of a head runs from its first byte, or from connecting.
      if (this.#served) this.expect(this.#parts.config.clientHeadTimeoutMs);
    }
  }

  #begin(plan: Plan): void {
    const { head, routing } = plan;
    this.#served = true;
    this.#awaitsRest = false;
    this.#head = head;
    const exchange = new Exchange(this.#parts.context, requestOf(head, this.address));
    this.#logged = exchange;
    const isWhole = head.bodyLength === 0;
    if (isForward(plan)) this.#forward(exchange, plan);
    else if (routing.kind === 'refused') this.refuse(routing.error, isWhole);
    else if (routing.kind !== 'forward') {
      const answer = routingAnswer(routing, exchange.request.requestId);
      this.#answer(answer, !isWhole || !head.keepAlive || this.#parts.isDraining());
    }
  }

  #forward(exchange: Exchange, plan: ForwardPlan): void {
    this.#direct ??= new DirectExchange(this.#parts, this);
    const direct = this.#direct;
    const { head, routing } = plan;
    direct.prepare(exchange, plan);
    if (head.bodyLength > routing.route.maxBodyBytes) {
      direct.refuse(new AppError(forwardingErrors.PROXY_BODY_TOO_LARGE));
      return;
    }
    const bytes = head.bodyLength === 0 ? undefined : this.#pending.takeAll();
    if (bytes) this.#readBody(direct, bytes);
    if (direct.isActive) direct.start();
  }

  /** Refuses what is no request: nothing more of this connection is read as one. */
  #refuseUnread(error: AppError, text = ''): void {
    this.#served = true;
    this.#head = undefined;
    this.#logged = new Exchange(this.#parts.context, unreadableRequest(text, this.address));
    this.refuse(error, false);
  }

  #answer(answer: OwnAnswer, close: boolean): void {
    const text = formatAnswer(answer, this.#parts.dateLine(), close, this.#head?.minor ?? 1);
    this.socket.write(Buffer.from(text, 'utf8'));
    if (this.#logged) this.#logged.bytes = Buffer.byteLength(answer.body);
    this.#logged?.finish(answer.status);
    this.#next(close, false);
  }

  /** The last answer of this connection is written. */
  #finish(mayCloseAtOnce = false): void {
    this.#closing = true;
    this.#pending.takeAll();
    if (mayCloseAtOnce && this.socket.closeAtOnce()) return;
    // The end of the answer may still wait for a slow reader.
    this.expect(this.#parts.config.idleTimeoutMs);
    this.socket.end(() => this.expect(lingerMs));
    this.socket.resume();
  }

  #ended(): void {
    this.#halfClosed = true;
    const direct = this.#direct;
    if (!direct?.isActive) {
      if (!this.#closing) this.#finish();
    } else if (!direct.hasWholeRequest) {
      // Half a body is no request: nothing is to be carried out.
      direct.refuse(new AppError(httpErrors.REQUEST_INVALID, { detail: 'The body broke off.' }));
    }
  }

  #closed(): void {
    this.#direct?.abort();
    this.#parts.deadlines.remove(this);
    this.#parts.onClosed(this);
  }
}
