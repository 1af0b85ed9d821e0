import { requestIdOf } from '@tripod/shared/http/request-id';
import type { ExchangeRequest } from './exchange.ts';

/** Stands in the log for a request of which nothing could be read. */
export const unreadRequest = (clientAddress: string): ExchangeRequest => ({
  method: '-',
  target: '-',
  protocol: '-',
  clientAddress,
  requestId: requestIdOf(undefined),
  userAgent: undefined,
  referer: undefined,
});
