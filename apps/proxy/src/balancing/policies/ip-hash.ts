import { selectByHash } from '../rendezvous-hash.ts';
import type { PolicyDefinition } from '../selection-policy.ts';

export const ipHash: PolicyDefinition = {
  summary:
    'Sends each client address to the same upstream; one upstream more or less among n moves 1/n of the clients.',
  options: {},
  create: () => (upstreams, request) => selectByHash(upstreams, request.clientAddress),
};
