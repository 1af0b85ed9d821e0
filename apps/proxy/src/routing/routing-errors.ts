import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of requests that match no route. */
export const routingErrors = defineErrors({
  PROXY_PATH_INVALID: {
    status: 400,
    title: 'The path is ambiguous',
    meaning: 'Two servers could read the path differently, so the proxy does not forward it.',
  },
  PROXY_HOST_UNKNOWN: {
    status: 421,
    title: 'The proxy does not serve this host',
    meaning: 'Every route has a `host`, and none of them is the Host of the request.',
  },
  PROXY_LOOP: {
    status: 508,
    title: 'The request came back to the proxy',
    meaning:
      'An upstream leads back to the proxy, which has forwarded this request twice already; `Via` lists its way.',
  },
  PROXY_METHOD_REFUSED: {
    status: 405,
    title: 'The proxy does not forward this method',
    meaning: '`Allow` lists the methods that the proxy forwards.',
  },
});
