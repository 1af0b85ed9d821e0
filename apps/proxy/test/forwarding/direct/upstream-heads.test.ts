import { describe, expect, it } from '@jest/globals';
import type { ForwardPlan } from '../../../src/forwarding/direct/plan.ts';
import { parseRequestHead } from '../../../src/forwarding/direct/request-head.ts';
import { UpstreamHeads } from '../../../src/forwarding/direct/upstream-heads.ts';
import { parseTrustedProxies } from '../../../src/forwarding/forwarded-headers.ts';
import { makePool } from '../../support/make-pool.ts';

const planOf = (lines: readonly string[], hostHeader: 'client' | 'upstream' = 'client'): ForwardPlan => {
  const route = { prefix: '/api/', stripPrefix: true, maxBodyBytes: 1, pool: makePool(1), hostHeader };
  return {
    head: parseRequestHead(`${['GET /api/a HTTP/1.1', ...lines].join('\r\n')}\r\n\r\n`),
    routing: { kind: 'forward', route, target: '/a' },
  };
};

const heads = () => new UpstreamHeads({ trustedProxies: parseTrustedProxies(['10.0.0.0/8']) });

describe('UpstreamHeads', () => {
  it('writes a head anew, up to the request id', () => {
    expect(heads().begin(planOf(['Host: shop', 'X-A: b']), '192.0.2.1', '127.0.0.1:1')).toBe(
      'GET /a HTTP/1.1\r\nHost: shop\r\nX-A: b\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\n' +
        'X-Forwarded-Host: shop\r\nVia: 1.1 tripod\r\nX-Request-Id: ',
    );
  });

  it('tells clients with the same head apart', () => {
    const plan = planOf(['Host: shop', 'X-Forwarded-For: 203.0.113.9']);
    const one = heads();
    const of = (address: string): string =>
      /X-Forwarded-For: (.*)\r\n/.exec(one.begin(plan, address, '127.0.0.1:1'))?.[1] ?? '';
    expect(of('192.0.2.1')).toBe('192.0.2.1');
    expect(of('10.0.0.1')).toBe('203.0.113.9, 10.0.0.1');
    expect(of('192.0.2.1')).toBe('192.0.2.1');
    for (let number = 0; number < 200; number += 1) expect(of(`192.0.2.${number}`)).toBe(`192.0.2.${number}`);
  });

  it('names each upstream by itself where the route says so, or the client named none', () => {
    const one = heads();
    const plan = planOf(['Host: shop'], 'upstream');
    expect(one.begin(plan, '192.0.2.1', '127.0.0.1:1')).toContain('\r\nHost: 127.0.0.1:1\r\n');
    expect(one.begin(plan, '192.0.2.1', '127.0.0.1:2')).toContain('\r\nHost: 127.0.0.1:2\r\n');
  });
});
