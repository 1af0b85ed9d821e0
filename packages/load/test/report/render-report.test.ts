import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { renderReport } from '../../src/report/html/render-report.ts';
import { loadRun } from './run-fixture.ts';

const html = renderReport(loadRun);

describe('the HTML report of a load', () => {
  it('allows its own style sheet and nothing else, and holds no script, link or attribute with a style', () => {
    const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|\bsrc=|\bhref=|\bstyle=|url\(/);
  });

  it('escapes texts of the scenario and of the server', () => {
    expect(html).toContain('<h1>Books &amp; &lt;others&gt; on http://127.0.0.1:8080</h1>');
    expect(html).toContain('status &lt;503&gt;');
  });

  it('shows the figures as tables, and verdicts, settings, machine and lateness in words', () => {
    expect(html).toContain('<caption>Requests by name, times in ms</caption>');
    expect(html).toContain('<tr><th scope="row">GET /api/books</th><td>3,000</td><td>2</td>');
    expect(html).toContain('<strong class="held">held</strong> p99 of the response time: 20.3 ms');
    expect(html).toContain(
      '<strong class="missed">missed</strong> every book is stored: 3 confirmed, 2 stored',
    );
    expect(html).toContain('<tr><th scope="row">seed</th><td>1</td></tr>');
    expect(html).toContain('A processor');
    expect(html).toContain('<p class="notice">The times do not count: the generator was late (a reason).');
  });

  it('draws charts over time with a name that says their largest values, and marks changes of the load', () => {
    expect(html.match(/<figure>/g)).toHaveLength(4);
    expect(html).toContain(
      'aria-label="Response time over 3 s: p50 at most 1 ms, p95 at most 5 ms, p99 at most 20 ms"',
    );
    expect(html.match(/class="mark"/g)).toHaveLength(4);
  });

  it('merges the seconds of a long run into at most 400 points and keeps the largest percentiles', () => {
    const [first] = loadRun.samples ?? [];
    if (!first) throw new Error('the fixture has no sample');
    const samples = Array.from({ length: 3600 }, (_, second) => ({
      ...first,
      elapsedSeconds: second + 1,
      responseTimeMs: { ...first.responseTimeMs, p99: second === 1801 ? 777 : 20 },
    }));
    const long = renderReport({ ...loadRun, samples });
    const points = /<polyline class="line-0" points="([^"]*)"/.exec(long)?.[1]?.split(' ');
    expect(points).toHaveLength(400);
    expect(long).toContain('p99 at most 777 ms');
  });
});
