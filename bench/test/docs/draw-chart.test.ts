import { describe, expect, it } from '@jest/globals';
import { drawChart } from '../../src/docs/draw-chart.ts';
import { reportFixture } from './report-fixture.ts';

const chart = drawChart(reportFixture, 'Proxies <here>');

describe('drawChart', () => {
  it('has a title and a description with every figure, for screen readers', () => {
    expect(chart).toContain('role="img" aria-labelledby="title desc"');
    expect(chart).toContain('<title id="title">Proxies &lt;here&gt;</title>');
    expect(chart).toContain(
      '<desc id="desc">Ratio to nginx; longer is faster. GET 1 B, a &amp; b: ours 0.70.</desc>',
    );
  });

  it('has one bar for each contestant except the peer, for each load with a rate', () => {
    expect(chart.match(/<rect class="bar-/g)).toHaveLength(1);
    expect(chart).toContain('>0.70 ours</text>');
  });

  it('draws a bar with a length proportional to its ratio', () => {
    const [, length] = /<rect class="bar-0" x="220" y="\d+" width="(\d+)"/.exec(chart) ?? [];
    const [, line] = /<line class="line" x1="(\d+)"/.exec(chart) ?? [];
    expect(Number(length) / (Number(line) - 220)).toBeCloseTo(0.7);
  });

  it('has colours for light and for dark mode', () => {
    expect(chart).toContain('@media (prefers-color-scheme: dark)');
  });
});
