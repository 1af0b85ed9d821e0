import { pathOf } from '@tripod/shared/http/request-target';
import { findCookie } from '../find-cookie.ts';
import { selectByHash } from '../rendezvous-hash.ts';
import type { PolicyDefinition, RequestFacts } from '../selection-policy.ts';

type KeyReader = (request: RequestFacts) => string | undefined;

const createKeyReader = (key: string): KeyReader => {
  const colon = key.indexOf(':');
  const [kind, name] = colon === -1 ? [key, ''] : [key.slice(0, colon), key.slice(colon + 1)];
  switch (kind) {
    case 'header': {
      const lowerCase = name.toLowerCase();
      return ({ headers }) => headers.findHeader(lowerCase);
    }
    case 'cookie':
      return ({ headers }) => findCookie(headers.findHeader('cookie'), name);
    case 'host':
      return ({ host }) => host?.toLowerCase();
    default:
      return ({ target }) => pathOf(target);
  }
};

export const hash: PolicyDefinition = {
  summary:
    'Sends requests with the same `key` to the same upstream: `path`, `host`, `header:NAME` or `cookie:NAME`. A request without it is sent by its client address.',
  options: {
    key: {
      type: 'string',
      pattern: "^(path|host|(header|cookie):[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64})$",
      default: 'path',
      description: 'path, host, header:NAME or cookie:NAME',
    },
  },
  create: (options) => {
    const readKey = createKeyReader(options['key'] ?? 'path');
    return (upstreams, request) => selectByHash(upstreams, readKey(request) ?? request.clientAddress);
  },
};
