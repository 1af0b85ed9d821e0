import { describe, expect, it } from '@jest/globals';
import { renderFigures } from '../../src/docs/render-figures.ts';
import { insertFigures } from '../../src/docs/write-figures.ts';
import { reportFixture } from './report-fixture.ts';

const chart = { file: 'chart.svg', title: 'Proxies' };

describe('renderFigures', () => {
  it.each([
    [
      'machine, versions and date',
      'Measured on 2030-02-03: 2 cores of a processor, Linux 6.1; node 24.0.0, nginx 1.2.3.',
    ],
    ['rounds and CPU pinning', '2 rounds of 1 s for each contestant and load; nothing is pinned.'],
    ['the command that repeats it', '```sh\npnpm bench proxy --rounds 2 --seconds 1\n```'],
    ['skipped contestants', 'haproxy is skipped: haproxy is not installed.'],
    ['the chart', '![Proxies: requests per second, as ratios to nginx](chart.svg)'],
    ['the ratio of each load', '| GET 1 B, a & b | 0.7 | 1 |'],
    ['the goals', '| GET 1 B, a & b: ours ÷ nginx, requests/s | 0.7 | ≥ 0.8 | missed by 13 % |'],
    ['all figures', '| ours | 700 (500–900) | 0.7 (0.5–0.9) | 0 |'],
    ['figures of loads without a rate', '| ours | 150 | 7.5 | 0 |'],
  ])('has %s', (_what, text) => {
    expect(renderFigures(reportFixture, chart)).toContain(text);
  });
});

describe('insertFigures', () => {
  const page = [
    '# Page',
    '<!-- figures of proxy: written by pnpm bench proxy --write-docs -->',
    'old',
    '<!-- end of the figures of proxy -->',
    'end',
  ].join('\n');

  it('replaces only the text between the markers', () => {
    const once = insertFigures(page, 'proxy', 'new');
    expect(once).toContain('-->\n\nnew\n\n<!-- end');
    expect(once).not.toContain('old');
    expect(once.startsWith('# Page\n')).toBe(true);
    expect(once.endsWith('\nend')).toBe(true);
    expect(insertFigures(once, 'proxy', 'new')).toBe(once);
  });

  it('refuses a page without the markers of the run', () => {
    expect(() => insertFigures(page, 'api', 'new')).toThrow(
      'docs/reference/performance.md must hold the lines',
    );
  });
});
