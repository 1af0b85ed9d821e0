import { requestIdOf } from '@tripod/shared/http/request-id';
import { ByteQueue } from '../../byte-queue.ts';
import type { EngineConfig } from '../../engine.ts';
import type { ExchangeRequest } from '../../exchange.ts';
import { unreadRequest } from '../../unread-request.ts';
import { type HeadCache, maxCachedLength } from '../wire/head-cache.ts';
import { takeRequestHead } from '../wire/head-reader.ts';
import type { RequestHead } from '../wire/request-head.ts';
import type { Plan } from './plan.ts';

const lineFeed = 10;

/** Reads the requests of one client connection from what has been received and not been read yet. */
export class RequestReader {
  readonly #plans: () => HeadCache<Plan>;
  readonly input = new ByteQueue();
  /** The text of the head that was read last, for the log if it turned out to be malformed. */
  lastText = '';

  constructor(plans: () => HeadCache<Plan>) {
    this.#plans = plans;
  }

  /**
   * Returns the plan if these bytes are exactly one head that is cached, as most reads are. They are not queued then.
   */
  findPlan(bytes: Buffer): Plan | undefined {
    const mayBeHead = this.input.length === 0 && bytes.length <= maxCachedLength && bytes.at(-1) === lineFeed;
    return mayBeHead ? this.#plans().find(bytes.toString('latin1')) : undefined;
  }

  /**
   * Removes the next head from the input; undefined while it is incomplete. Throws a MessageError if it is malformed.
   */
  next(): Plan | undefined {
    this.lastText = '';
    const text = takeRequestHead(this.input);
    if (text === undefined) return undefined;
    this.lastText = text;
    return this.#plans().read(text);
  }
}

/** What log, policies and retries know about a request. */
export const exchangeRequestOf = (
  head: RequestHead,
  clientAddress: string,
  { traceFrom }: Pick<EngineConfig, 'traceFrom'>,
): ExchangeRequest => ({
  method: head.method,
  target: head.target,
  protocol: head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0',
  clientAddress,
  host: head.authority,
  headers: head.headers,
  requestId: requestIdOf(head.requestId),
  userAgent: head.userAgent,
  referer: head.referer,
  isTraced: head.wantsTrace && traceFrom.has(clientAddress),
});

/** The same for a head that is malformed, as far as its first line looks like a request. */
export const malformedRequestOf = (text: string, clientAddress: string): ExchangeRequest => {
  const [method = '-', target = '-'] = /^(\S{1,32}) (\S{1,8192}) /.exec(text)?.slice(1) ?? [];
  return { ...unreadRequest(clientAddress), method, target };
};
