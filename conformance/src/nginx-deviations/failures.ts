import type { NginxDeviation } from './deviation.ts';

/** Deviations of nginx when something fails, times out or disconnects. */
export const failureDeviations: readonly NginxDeviation[] = [
  {
    behaviour: 'retries on the next upstream',
    expect: { status: 200, upstream: { requests: 2, last: 1 } },
    rules: [
      'an unknown method is not retried after a reset',
      'a PUT that exceeds the replay buffer is not retried',
    ],
  },
  {
    behaviour: 'answers 502',
    expect: { status: 502 },
    rules: [
      'a request that all upstreams refuse is a 503 with Retry-After',
      'a POST that all upstreams refuse is a 503',
      'an upgrade without an available upstream is a 503',
      'a 503 has Retry-After, for a browser too',
    ],
  },
  {
    behaviour: 'sends 100 Continue first',
    expect: { interim: [100], status: [] },
    expectsTimeout: true,
    rules: ['answers 503 to a waiting client when no upstream is available'],
  },
  {
    behaviour: 'closes without a response',
    expect: { status: [], connection: 'closes', upstream: { complete: 0 } },
    rules: [
      'a partial request line is a 408',
      'a partial head is a 408',
      'a partial body with a length is a 408',
      'a chunked body without its end is a 408',
      'a partial chunk is a 408',
      'a body that never starts is a 408',
      'the upstream connection closes after a client body time-out',
    ],
  },
  {
    behaviour: 'closes without a response',
    expect: { status: 200, connection: 'closes' },
    rules: ['a partial second head is a 408'],
  },
  {
    behaviour: 'does not abort the request (proxy_ignore_client_abort)',
    expect: { status: [] },
    expectsTimeout: true,
    rules: [
      'a client reset while it waits aborts the request upstream',
      'a client reset before the 101 leaves nothing open',
    ],
  },
  {
    behaviour: 'buffers the whole body before it contacts an upstream',
    expect: { status: [], upstream: { requests: 0 } },
    expectsTimeout: true,
    rules: [
      'a client reset during a chunked request body aborts the request upstream',
      'a client close during a request body aborts the request upstream',
      'a response before the end of the request body is passed on, and the connection closes',
    ],
  },
  {
    behaviour: 'sends 100 Continue anyway',
    expect: { status: 200, interim: [100] },
    rules: ['sends no 100 Continue for a request without a body', 'sends no 100 Continue for an empty body'],
  },
  {
    behaviour: 'discards the body and keeps the connection open',
    expect: { status: [404, 200] },
    rules: ['a 404 to a request with a body closes the connection'],
  },
  {
    behaviour: 'ignores it',
    expect: { status: 200, upstream: { requests: 1 } },
    rules: ['answers 417 to an unknown expectation', 'answers 417 to a list of expectations'],
  },
];
