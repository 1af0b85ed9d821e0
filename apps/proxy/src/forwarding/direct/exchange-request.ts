import { requestIdOf } from '@tripod/shared/http/request-id';
import type { ExchangeRequest } from '../exchange.ts';
import { unreadRequest } from '../unread-request.ts';
import type { RequestHead } from './request-head.ts';

/** What log, policies and retries know of a request. */
export const requestOf = (head: RequestHead, clientAddress: string): ExchangeRequest => ({
  method: head.method,
  target: head.target,
  protocol: head.minor === 1 ? 'HTTP/1.1' : 'HTTP/1.0',
  clientAddress,
  requestId: requestIdOf(head.requestId),
  userAgent: head.userAgent,
  referer: head.referer,
});

/** The same for what could not be read as a request, as far as it looks like one. */
export const unreadableRequest = (text: string, clientAddress: string): ExchangeRequest => {
  const [method = '-', target = '-'] = /^(\S{1,32}) (\S{1,8192}) /.exec(text)?.slice(1) ?? [];
  return { ...unreadRequest(clientAddress), method, target };
};
