import { requestIdOf } from '@tripod/shared/http/request-id';
import type { ExchangeRequest } from './exchange.ts';
import { noHeaders } from './request-headers.ts';

/** What the log shows for a request whose head could not be read. */
export const unreadRequest = (clientAddress: string): ExchangeRequest => ({
  method: '-',
  target: '-',
  protocol: '-',
  host: undefined,
  headers: noHeaders,
  clientAddress,
  requestId: requestIdOf(undefined),
  userAgent: undefined,
  referer: undefined,
});
