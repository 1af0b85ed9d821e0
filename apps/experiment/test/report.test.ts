import { describe, expect, it } from '@jest/globals';
import { checkout } from '@tripod/testing/spawn-node';
import { readExperiments } from '../src/definition/find-experiments.ts';
import { renderHtml } from '../src/report/render-html.ts';
import { renderTable } from '../src/report/render-table.ts';
import type { BalancerResult } from '../src/verdict/result.ts';
import { toResult } from '../src/verdict/to-result.ts';

const byPhase = <T>(value: T) => ({ before: value, during: value, after: value });

const result = (more: Partial<BalancerResult>): BalancerResult => ({
  balancer: 'direct',
  isOurs: true,
  requests: byPhase(100),
  failed: 0,
  failedIn: byPhase(0),
  failures: {},
  p50Ms: byPhase(2),
  p99Ms: { before: 5.25, during: 1500, after: 12_345 },
  maxMs: byPhase(20_000),
  slowestFailureMs: 0,
  methodMs: 900,
  counts: byPhase({ 'api-1': 75, 'api-2': 25 }),
  shares: byPhase({ 'api-1': 0.75, 'api-2': 0.25 }),
  copies: byPhase(2),
  ejectedAfterMs: { 'api-2': 240 },
  backAfterMs: {},
  replaced: { 'api-2': 1 },
  writes: { lost: 0, repeated: 0 },
  control: { requests: 300, failed: 0, p99Ms: 4 },
  claims: [{ figure: 'failed', limit: 'at most 0', value: 0, holds: true }],
  proof: [{ figure: 'shares.during.api-2', limit: 'at most 0.3', value: 0.25, holds: true }],
  holds: true,
  method: [{ run: 'kill api-2', atMs: 4000, tookMs: 900 }],
  checks: [],
  ...more,
});

const [experiment] = readExperiments(checkout);
if (experiment === undefined) throw new Error('there is no experiment');

describe('the result of an experiment', () => {
  it('holds when it holds for our engines, whatever others do', () => {
    const nginx = result({ balancer: 'nginx', isOurs: false, holds: false });
    expect(toResult(experiment, [result({}), nginx], []).holds).toBe(true);
    expect(toResult(experiment, [result({ holds: false }), nginx], []).holds).toBe(false);
  });

  it('is a table with a column for each load balancer, the claims, the verdict and why', () => {
    const failed = { figure: 'failed', limit: 'at most 0', value: 3, holds: false };
    const nginx = result({
      balancer: 'nginx',
      isOurs: false,
      holds: false,
      failed: 3,
      failures: { 'status 502': 3 },
      claims: [failed],
    });
    const text = renderTable(toResult(experiment, [result({}), nginx], ['haproxy is left out.']));
    expect(text).toContain(experiment.title);
    expect(text).toContain('kill api-2 at 4.0 s.');
    expect(text).toMatch(/^ +direct +nginx$/m);
    expect(text).toMatch(/^failures +– +3 × status 502$/m);
    expect(text).toMatch(/^p99 during +1\.5 s +1\.5 s$/m);
    expect(text).toMatch(/^taken out after +api-2 240 ms +–$/m);
    expect(text).toMatch(/^share during +75 25 % +75 25 %$/m);
    expect(text).toMatch(/^verdict +holds +failed$/m);
    expect(text).toContain('FAILED failed: 3 (at most 0)');
    expect(text).toContain('haproxy is left out.');
    expect(text).toMatch(/The hypothesis holds for our engines\.\n.+$/);
  });

  it('says that nothing is proven when the fault did not take effect', () => {
    const proof = [{ figure: 'replaced.api-2', limit: 'at least 1', holds: false }];
    const text = renderTable(toResult(experiment, [result({ holds: false, proof })], []));
    expect(text).toMatch(/^verdict +not proven$/m);
    expect(text).toContain('FAILED replaced.api-2: not known (at least 1)');
  });

  it('is one HTML page that asks for no other file and shows texts as they are', () => {
    const one = toResult({ ...experiment, title: 'A <b> & "c"' }, [result({})], []);
    const html = renderHtml([one]);
    expect(html).toContain('A &lt;b&gt; &amp; &quot;c&quot;');
    expect(html).toMatch(/<th scope="row">p99 during<\/th><td>1\.5 s<\/td>/);
    expect(html).not.toMatch(/(?:src|href)=|url\(|@import/);
  });
});
