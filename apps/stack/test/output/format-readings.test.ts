import { describe, expect, it } from '@jest/globals';
import type { ProcessSample, StackSample } from '@tripod/stack-client/reading';
import { watch } from '../../src/commands/watch.ts';
import { formatReadings } from '../../src/output/format-readings.ts';
import { useTempFolders } from '../support/temp-folder.ts';
import { createTestClient } from '../support/test-client.ts';

const makeFolder = useTempFolders();

const busy: ProcessSample = {
  ...{ name: 'api-1', service: 'api', state: 'ready', upstreamState: 'available', inFlight: 2 },
  ...{ requestsPerSecond: 136.6, byStatus: { '2xx': 136, '5xx': 0.6 }, p50Ms: 3.14, p99Ms: 21, cpu: 0.123 },
  ...{ memoryBytes: 104_857_600, loopDelayMs: 1.2, failuresPerSecond: 0.6 },
};
const sample: StackSample = {
  type: 'sample',
  at: '2026-01-01T10:00:00.000Z',
  processes: [
    busy,
    { ...busy, name: 'api-2', state: 'paused', fault: 'paused', loopDelayMs: null },
    { name: 'postgres', service: 'postgres', state: 'ready' },
  ],
  proxy: {
    name: 'proxy',
    policy: 'round-robin',
    requestsPerSecond: 273,
    p50Ms: 3,
    p99Ms: 21,
    retries: 4,
    ejections: 1,
  },
  database: { connections: 12, maxConnections: 200, transactionsPerSecond: 80.4, waiting: 0 },
};
const event = {
  type: 'event',
  at: '2026-01-01T10:00:00.000Z',
  kind: 'ejected',
  service: 'api-2',
  detail: 'x'.repeat(200),
} as const;

describe('the readings on a terminal', () => {
  it('have a line for each process, with a dash for what is not known', () => {
    const lines = formatReadings(sample, [], false);
    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '273 req/s · p50 3.0 ms · p99 21.0 ms · retries 4 · ejections 1 · round-robin',
      'database: 12 of 200 connections · 80 transactions/s · 0 waiting',
      'NAME STATE REQ/S 5XX/S OPEN P50 P99 CPU MIB LOOP',
      'api-1 ready 137 1 2 3.1 21.0 12% 100 1',
      'api-2 paused 137 1 2 3.1 21.0 12% 100 silent',
      'postgres ready - - - - - - - -',
    ]);
  });

  it('fit 80 columns, also with long names, faults and reasons', () => {
    const long = {
      ...busy,
      name: 'a-very-long-name-12',
      fault: 'slow by 60000 ± 60000 ms',
      requestsPerSecond: 1e9,
    };
    const lines = formatReadings({ ...sample, processes: [long] }, [event], false);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('replace the last block, with the latest events below it', async () => {
    const readings = [sample, event, sample];
    const { client, printed } = createTestClient(makeFolder(), {
      watch: async ({ onReading }) => readings.forEach(onReading),
    });
    await watch.run(client, { argument: '', config: { intervalMs: 1000 } });
    expect(printed[0]).not.toContain('ejected');
    expect(printed[1]?.startsWith('\u001b[6A\u001b[J273 req')).toBe(true);
    expect(printed[1]).toContain(' api-2 ejected: xxx');
  });
});

describe('the readings in a pipe', () => {
  it('are one JSON object per line', async () => {
    const readings = [sample, event];
    const { client, printed } = createTestClient(makeFolder(), {
      isTerminal: false,
      watch: async ({ intervalMs, onReading }) => {
        expect(intervalMs).toBe(500);
        readings.forEach(onReading);
      },
    });
    await watch.run(client, { argument: '', config: { intervalMs: 500 } });
    expect(printed.map((line) => JSON.parse(line))).toEqual([sample, event]);
  });
});
