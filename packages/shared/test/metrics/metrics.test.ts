import { describe, expect, it } from '@jest/globals';
import { DurationHistogram } from '@tripod/shared/metrics/duration-histogram';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { parseMetrics } from '../support/parse-metrics.ts';

describe('createMetrics', () => {
  it('renders counters and gauges in the text format of Prometheus', async () => {
    const metrics = createMetrics();
    metrics.counter('things_total', 'Things, counted.', () => [
      { labels: { kind: 'a', status: 200 }, value: 2 },
      { labels: { kind: 'b', status: 404 }, value: 0 },
    ]);
    metrics.gauge('things_now', 'Things there are.', () => [{ value: 1.5 }]);
    const { samples, types } = parseMetrics(await metrics.render());
    expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(types).toEqual({ things_total: 'counter', things_now: 'gauge' });
    expect(samples).toEqual([
      { name: 'things_total', labels: { kind: 'a', status: '200' }, value: 2 },
      { name: 'things_total', labels: { kind: 'b', status: '404' }, value: 0 },
      { name: 'things_now', labels: {}, value: 1.5 },
    ]);
  });

  it('reads the numbers at each scrape, not before', async () => {
    const metrics = createMetrics();
    let asked = 0;
    metrics.gauge('asked', 'Times asked.', () => {
      asked += 1;
      return [{ value: asked }];
    });
    expect(asked).toBe(0);
    await metrics.render();
    expect(parseMetrics(await metrics.render()).samples).toEqual([{ name: 'asked', labels: {}, value: 2 }]);
  });

  it.each(['say "hi"', 'back\\slash', 'two\nlines', '{a="b"}'])(
    'keeps the label value %j whole',
    async (value) => {
      const metrics = createMetrics();
      metrics.gauge('odd', 'Odd labels.', () => [{ labels: { value }, value: 1 }]);
      expect(parseMetrics(await metrics.render()).samples).toEqual([
        { name: 'odd', labels: { value }, value: 1 },
      ]);
    },
  );

  it('renders a histogram cumulatively, with the sum and a last bucket that holds everything', async () => {
    const metrics = createMetrics();
    const histogram = new DurationHistogram();
    for (const durationMs of [0.5, 0.6, 4, 20_000]) histogram.observe(durationMs);
    metrics.histogram('took_seconds', 'How long.', () => [histogram.sample({ route: 'api' })]);
    const { samples, types } = parseMetrics(await metrics.render());
    const bucket = (le: string) =>
      samples.find(({ name, labels }) => name === 'took_seconds_bucket' && labels['le'] === le)?.value;
    expect(types).toEqual({ took_seconds: 'histogram' });
    expect(bucket('0.0005')).toBe(1);
    expect(bucket('0.001')).toBe(2);
    expect(bucket('0.005')).toBe(3);
    expect(bucket('10')).toBe(3);
    expect(bucket('+Inf')).toBe(4);
    expect(samples).toContainEqual({ name: 'took_seconds_count', labels: { route: 'api' }, value: 4 });
    const sum = samples.find(({ name }) => name === 'took_seconds_sum');
    expect(sum?.value).toBeCloseTo(20.0051);
    const counts = samples.filter(({ name }) => name.endsWith('_bucket')).map(({ value }) => value);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });
});
