import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from '../tool.ts';

type Summary = {
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
};

const fileOf = (folder: string): string => join(folder, 'summary.json');
const statistics = 'med,max,p(90),p(95),p(99),p(99.9)';

export const tool: Tool = {
  program: 'k6',
  install: 'see https://grafana.com/docs/k6/latest/set-up/install-k6/',
  scripts: { posts: { file: 'k6-breakpoint.js', path: '/api/posts' } },
  model: 'open',
  corrected: false,
  correction:
    'Open model, times not corrected: they count from the send, and iterations that k6 dropped have none.',
  command({ script, url, rate, runSeconds, folder }) {
    const variables = {
      URL: url,
      DURATION: `${runSeconds}s`,
      ...(rate === undefined ? {} : { MAX_RATE: rate }),
    };
    return {
      program: 'k6',
      args: [
        ...['run', '--quiet', '--summary-export', fileOf(folder), '--summary-trend-stats', statistics],
        ...Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
        script,
      ],
      load: `a rate that rises to ${rate ?? 10_000} requests a second`,
    };
  },
  parse(_output, { folder }) {
    const { metrics } = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Summary;
    const read = (metric: string, key: string): number => {
      const value = metrics[metric]?.[key];
      if (value === undefined) throw new Error(`the summary has no ${metric} ${key}`);
      return value;
    };
    const time = (key: string): number => read('http_req_duration', key);
    const requests = read('http_reqs', 'count');
    const dropped = metrics['dropped_iterations']?.['count'] ?? 0;
    return {
      requests,
      failed: Math.round(read('http_req_failed', 'value') * requests),
      requestsPerSecond: read('http_reqs', 'rate'),
      responseTimeMs: {
        ...{ p50: time('med'), p90: time('p(90)'), p95: time('p(95)'), p99: time('p(99)') },
        ...{ 'p99.9': time('p(99.9)'), max: time('max') },
      },
      names: [],
      ...(dropped > 0 ? { note: `It dropped ${dropped} iterations.` } : {}),
    };
  },
};
