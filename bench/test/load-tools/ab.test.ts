import { describe, expect, it } from '@jest/globals';
import { abArguments, parseAb } from '../../src/load-tools/ab.ts';

const output = (
  failed: number,
  further = '',
): string => `This is ApacheBench, Version 2.3 <$Revision: 1903618 $>

Benchmarking 127.0.0.1 (be patient).....done

Server Software:        nginx
Document Length:        370 bytes

Concurrency Level:      25
Time taken for tests:   3.000 seconds
Complete requests:      41283
Failed requests:        ${failed}
${further}Total transferred:      21962556 bytes
Requests per second:    13760.75 [#/sec] (mean)
Time per request:       1.817 [ms] (mean)

Percentage of the requests served within a certain time (ms)
  50%      2
  99%      4
 100%     11 (longest request)
`;

const percentiles = `Percentage served,Time in ms
0,0.310
50,1.702
98,3.811
99,4.217
`;

describe('parseAb', () => {
  it('reads requests and rate, and the 99th percentile with decimals from the file', () => {
    expect(parseAb(output(0), percentiles)).toEqual({
      requests: 41_283,
      errors: 0,
      figures: { requestsPerSecond: 13_760.75, p99Ms: 4.217 },
    });
  });

  it('counts failed requests and responses other than 2xx', () => {
    expect(parseAb(output(3, 'Non-2xx responses:      40\n'), percentiles).errors).toBe(43);
  });

  it.each(['', 'apr_socket_recv: Connection refused (111)'])('refuses %j', (text) => {
    expect(() => parseAb(text, percentiles)).toThrow('unexpected output of the load generator');
  });
});

describe('abArguments', () => {
  const load = { name: 'x', about: 'x', tool: 'ab', path: '/', connections: 25 } as const;
  const timed = { seconds: 3, percentiles: 'file' };

  it('limits the time, allows more requests than fit into it, and uses no keep-alive', () => {
    expect(abArguments(load, 'http://127.0.0.1:1/', timed).join(' ')).toBe(
      '-q -t 3 -n 1000000 -c 25 -e file http://127.0.0.1:1/',
    );
  });

  it('uses keep-alive and a number of requests when the load says so', () => {
    const counted = { ...load, keepAlive: true, requests: 20_000 } as const;
    expect(abArguments(counted, 'http://127.0.0.1:1/', timed).join(' ')).toBe(
      '-q -k -n 20000 -c 25 -e file http://127.0.0.1:1/',
    );
  });
});
