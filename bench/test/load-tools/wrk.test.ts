import { describe, expect, it } from '@jest/globals';
import { parseWrk, wrkArguments, wrkScript } from '../../src/load-tools/wrk.ts';

const output = (p99: string, further = ''): string => `Running 3s test @ http://127.0.0.1:8080/api/images.json
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.95ms    1.62ms  34.61ms   94.24%
    Req/Sec    48.33k     3.12k   53.01k    70.00%
  Latency Distribution
     50%  612.00us
     75%    0.88ms
     90%    1.41ms
     99%    ${p99}
  144218 requests in 3.00s, 78.41MB read
${further}Requests/sec:  48072.61
Transfer/sec:     26.14MB
`;

describe('parseWrk', () => {
  it('reads requests, rate and the 99th percentile', () => {
    expect(parseWrk(output('8.71ms'))).toEqual({
      requests: 144_218,
      errors: 0,
      figures: { requestsPerSecond: 48_072.61, p99Ms: 8.71 },
    });
  });

  it.each([
    ['612.00us', 0.612],
    ['1.02s', 1020],
    // wrk pads short units with a space.
    ['4.40s ', 4400],
    ['1.50m', 90_000],
  ])('reads a time of %s', (text, p99Ms) => {
    expect(parseWrk(output(text)).figures.p99Ms).toBeCloseTo(p99Ms);
  });

  it.each([
    ['  Socket errors: connect 1, read 20, write 300, timeout 4000\n', 4321],
    ['  Non-2xx or 3xx responses: 17\n', 17],
    ['  Socket errors: connect 0, read 3, write 0, timeout 0\n  Non-2xx or 3xx responses: 4\n', 7],
  ])('counts every error in %j', (further, errors) => {
    expect(parseWrk(output('1.00ms', further)).errors).toBe(errors);
  });

  it.each(['', 'unable to connect to 127.0.0.1:1 Connection refused', output('')])('refuses %j', (text) => {
    expect(() => parseWrk(text)).toThrow('unexpected output of the load generator');
  });
});

describe('wrkArguments', () => {
  const load = { name: 'x', about: 'x', tool: 'wrk', path: '/', connections: 32 } as const;

  it('sets one thread, the connections and the seconds', () => {
    expect(wrkArguments(load, 'http://127.0.0.1:1/', { seconds: 3 }).join(' ')).toBe(
      '--threads 1 --connections 32 --duration 3s --timeout 30s --latency http://127.0.0.1:1/',
    );
  });

  it('passes headers and a script', () => {
    const args = wrkArguments({ ...load, headers: { 'If-None-Match': '"x"' } }, 'http://127.0.0.1:1/', {
      seconds: 3,
      script: 'post.lua',
    });
    expect(args.slice(-5)).toEqual([
      '--header',
      'If-None-Match: "x"',
      '--script',
      'post.lua',
      'http://127.0.0.1:1/',
    ]);
  });
});

describe('wrkScript', () => {
  it('POSTs the body as JSON', () => {
    expect(wrkScript('{"a":"b"}')).toBe(
      'wrk.method = "POST"\nwrk.body = "{\\"a\\":\\"b\\"}"\nwrk.headers["Content-Type"] = "application/json"\n',
    );
  });
});
