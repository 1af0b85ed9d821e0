import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of requests that no route takes. */
export const routingErrors = defineErrors({
  PROXY_PATH_INVALID: {
    status: 400,
    title: 'The path is ambiguous',
    meaning: 'Two servers could read the path differently, so it is not forwarded.',
  },
  PROXY_METHOD_REFUSED: {
    status: 405,
    title: 'This method is not forwarded',
    meaning: '`Allow` lists the methods that the proxy forwards.',
  },
});
