import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { outgoingHeaders } from '../../../src/forwarding/http-proxy/message-headers.ts';
import type { HostHeader } from '../../../src/routing/route-table.ts';
import { parseNetworks } from '../../../src/routing/rules/networks.ts';
import { makeRoute } from '../../support/make-pool.ts';

const headersFor = (hostHeader: HostHeader, rawHeaders: readonly string[]) =>
  outgoingHeaders({ rawHeaders, headers: { host: rawHeaders[1] } } as unknown as IncomingMessage, {
    route: makeRoute({ hostHeader }),
    upstreamId: '127.0.0.1:1',
    requestId: 'id',
    connectionAddress: '127.0.0.1',
    claims: {},
    scheme: 'http',
    via: '1.1 tripod',
    trustedProxies: parseNetworks([]),
  });

describe('the Host header of a request to an upstream', () => {
  it.each<[HostHeader, readonly string[], string]>([
    ['client', ['Host', 'shop.example'], 'shop.example'],
    ['client', [], '127.0.0.1:1'],
    ['upstream', ['Host', 'shop.example'], '127.0.0.1:1'],
    ['upstream', [], '127.0.0.1:1'],
  ])('with hostHeader %s and the client’s %j is %s', (hostHeader, rawHeaders, expected) => {
    expect(headersFor(hostHeader, rawHeaders)['host']).toBe(expected);
  });

  it('leaves the Host of the client in X-Forwarded-Host', () => {
    expect(headersFor('upstream', ['Host', 'shop.example'])['X-Forwarded-Host']).toBe('shop.example');
  });
});
