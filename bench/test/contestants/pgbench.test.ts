import { describe, expect, it } from '@jest/globals';
import { parsePgbench } from '../../src/contestants/pgbench.ts';

const output = (failed: number): string => `pgbench (15.18, server 18.4)
transaction type: insert.sql
scaling factor: 1
query mode: prepared
number of clients: 32
number of threads: 1
maximum number of tries: 1
duration: 2 s
number of transactions actually processed: 36817
number of failed transactions: ${failed} (0.000%)
latency average = 1.735 ms
initial connection time = 46.003 ms
tps = 18442.219317 (without initial connection time)
`;

describe('parsePgbench', () => {
  it('reads transactions as requests', () => {
    expect(parsePgbench(output(0))).toEqual({
      requests: 36_817,
      errors: 0,
      figures: { requestsPerSecond: 18_442.219_317 },
    });
  });

  it('counts failed transactions', () => {
    expect(parsePgbench(output(2)).errors).toBe(2);
  });

  it('reads zero transactions, for which pgbench prints no rate', () => {
    const none = output(0)
      .replace('36817', '0')
      .replace(/^tps.*$/m, '');
    expect(parsePgbench(none)).toEqual({ requests: 0, errors: 0, figures: { requestsPerSecond: 0 } });
  });

  it('refuses unexpected output', () => {
    expect(() => parsePgbench('pgbench: error: connection failed')).toThrow(
      'unexpected output of the load generator',
    );
  });
});
