import { describe, expect, it } from '@jest/globals';
import type { ForwardPlan } from '../../../../src/forwarding/direct/client/plan.ts';
import { UpstreamRequestHeads } from '../../../../src/forwarding/direct/client/upstream-request-heads.ts';
import { parseRequestHead } from '../../../../src/forwarding/direct/wire/request-head.ts';
import { parseNetworks } from '../../../../src/routing/rules/networks.ts';
import { makeRoute } from '../../../support/make-pool.ts';

const planOf = (lines: readonly string[], hostHeader: 'client' | 'upstream' = 'client'): ForwardPlan => {
  const route = makeRoute({ prefix: '/api/', hostHeader });
  return {
    head: parseRequestHead(`${['GET /api/a HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`),
    routing: { kind: 'forward', route, target: '/a' },
  };
};

const heads = () =>
  new UpstreamRequestHeads({ trustedProxies: parseNetworks(['10.0.0.0/8']), scheme: 'http' }, 'tripod');

describe('UpstreamRequestHeads', () => {
  it('writes the head up to the value of the request id', () => {
    expect(heads().beginHead(planOf(['Host: shop', 'X-A: b']), '192.0.2.1', '127.0.0.1:1')).toBe(
      'GET /a HTTP/1.1\r\nHost: shop\r\nX-A: b\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\n' +
        'X-Forwarded-Host: shop\r\nVia: 1.1 tripod\r\nX-Request-Id: ',
    );
  });

  it('writes the address of each client, also when their heads are equal', () => {
    const plan = planOf(['Host: shop', 'X-Forwarded-For: 203.0.113.9']);
    const one = heads();
    const of = (address: string): string =>
      /X-Forwarded-For: (.*)\r\n/.exec(one.beginHead(plan, address, '127.0.0.1:1'))?.[1] ?? '';
    expect(of('192.0.2.1')).toBe('192.0.2.1');
    expect(of('10.0.0.1')).toBe('203.0.113.9, 10.0.0.1');
    expect(of('192.0.2.1')).toBe('192.0.2.1');
    for (let number = 0; number < 200; number += 1) expect(of(`192.0.2.${number}`)).toBe(`192.0.2.${number}`);
  });

  it('writes the address of the upstream as Host when the route says so', () => {
    const one = heads();
    const plan = planOf(['Host: shop'], 'upstream');
    expect(one.beginHead(plan, '192.0.2.1', '127.0.0.1:1')).toContain('\r\nHost: 127.0.0.1:1\r\n');
    expect(one.beginHead(plan, '192.0.2.1', '127.0.0.1:2')).toContain('\r\nHost: 127.0.0.1:2\r\n');
  });
});
