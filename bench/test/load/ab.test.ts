import { describe, expect, it } from '@jest/globals';
import { abArguments, parseAb } from '../../src/load/ab.ts';

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

describe('parseAb', () => {
  it('reads requests, rate and the slowest hundredth', () => {
    expect(parseAb(output(0))).toEqual({
      requests: 41_283,
      requestsPerSecond: 13_760.75,
      errors: 0,
      p99Ms: 4,
    });
  });

  it('counts failed requests and answers that are not 2xx', () => {
    expect(parseAb(output(3, 'Non-2xx responses:      40\n')).errors).toBe(43);
  });

  it.each(['', 'apr_socket_recv: Connection refused (111)'])('refuses %j', (text) => {
    expect(() => parseAb(text)).toThrow('not understood');
  });
});

describe('abArguments', () => {
  it('limits the time, with more requests than can be made in it, and keeps no connection', () => {
    const load = { name: 'x', tool: 'ab', path: '/', connections: 25 } as const;
    expect(abArguments(load, 'http://127.0.0.1:1/', 3).join(' ')).toBe(
      '-q -t 3 -n 1000000 -c 25 http://127.0.0.1:1/',
    );
  });
});
