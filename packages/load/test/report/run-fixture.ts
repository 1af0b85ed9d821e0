import type { LoadRun } from '../../src/report/load-run.ts';

const times = { p50: 1.5, p90: 4, p95: 5, p99: 20.25, 'p99.9': 90, max: 100 };

/** A run with everything that a report can show. */
export const loadRun: LoadRun = {
  target: 'http://127.0.0.1:8080',
  scenario: 'Books & <others>',
  model: 'closed',
  load: '10 users, 5 spawned a second',
  requests: 3000,
  failed: 2,
  failures: [
    {
      kind: 'status <503>',
      count: 2,
      firstAt: '2026-01-01T00:00:01.000Z',
      lastAt: '2026-01-01T00:00:02.000Z',
    },
  ],
  durationMs: 3000,
  requestsPerSecond: 1000,
  responseTimeMs: times,
  serviceTimeMs: times,
  sendLagMs: times,
  names: [
    {
      ...{ method: 'GET', name: '/api/books', requests: 3000, failed: 2, averageMs: 2, minMs: 1 },
      ...{ averageBytes: 370, responseTimeMs: times },
    },
  ],
  generator: { cpuSeconds: 1.5, late: 'a reason' },
  changes: [{ atSeconds: 2, load: '20 users, 5 spawned a second' }],
  samples: [1, 2, 3].map((second) => ({
    elapsedSeconds: second,
    users: second * 5,
    requests: second * 1000,
    failed: 0,
    requestsPerSecond: 1000 * second,
    failedPerSecond: 0,
    responseTimeMs: { p50: 1, p95: 5, p99: 20 },
  })),
  knee: { rate: 1900, exceededAt: 2000, limitedBy: 'the latency target' },
  checks: [{ name: 'every book is stored', holds: false, detail: '3 confirmed, 2 stored' }],
  startedAt: '2026-01-01T00:00:00.000Z',
  settings: { users: 10, seed: 1 },
  machine: { processor: 'A processor', cores: 2, memoryMb: 4096, system: 'linux 6 x64', node: '24.0.0' },
  thresholds: [
    { name: 'p99 of the response time', limit: 'at most 50 ms', measured: '20.3 ms', verdict: 'held' },
  ],
};
