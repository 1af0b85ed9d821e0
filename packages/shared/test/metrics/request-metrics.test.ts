import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import { parseMetrics } from '../support/parse-metrics.ts';

describe('RequestMetrics', () => {
  it('counts by method and status, and what is in flight', async () => {
    const metrics = createMetrics();
    const requests = new RequestMetrics();
    requests.register(metrics);
    for (let number = 0; number < 4; number += 1) requests.began();
    requests.ended('GET', 200, 1);
    requests.ended('GET', 200, 2);
    requests.ended('POST', 404, 3);
    const { samples } = parseMetrics(await metrics.render());
    expect(samples).toEqual(
      expect.arrayContaining([
        { name: 'http_requests_total', labels: { method: 'GET', status: '200' }, value: 2 },
        { name: 'http_requests_total', labels: { method: 'POST', status: '404' }, value: 1 },
        { name: 'http_requests_in_flight', labels: {}, value: 1 },
        { name: 'http_request_duration_seconds_count', labels: {}, value: 3 },
      ]),
    );
  });

  it('does not let clients invent labels: an unknown method is OTHER', async () => {
    const metrics = createMetrics();
    const requests = new RequestMetrics();
    requests.register(metrics);
    for (const method of ['PROPFIND', 'x"} 1', 'M-SEARCH']) {
      requests.began();
      requests.ended(method, 405, 1);
    }
    const { samples } = parseMetrics(await metrics.render());
    expect(samples.filter(({ name }) => name === 'http_requests_total')).toEqual([
      { name: 'http_requests_total', labels: { method: 'OTHER', status: '405' }, value: 3 },
    ]);
  });
});
