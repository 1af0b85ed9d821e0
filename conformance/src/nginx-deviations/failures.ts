import type { Way } from './deviation.ts';

/** Ways of nginx when something fails, is late or leaves. */
export const waysWithFailures: readonly Way[] = [
  {
    says: 'sends it to the next upstream',
    expect: { status: 200, upstream: { requests: 2, last: 1 } },
    rules: [
      'a method that nobody knows is never sent again',
      'a PUT that is too large to be kept is not sent again',
    ],
  },
  {
    says: 'answers 502',
    expect: { status: 502 },
    rules: [
      'upstreams that all refuse are a 503 that says when to come again',
      'a POST that all refused is a 503, and the connection is good for another request',
      'an upgrade without an upstream is a 503',
      'a 503 says when to come again, to a browser too',
    ],
  },
  {
    says: 'asks for the body first',
    expect: { interim: [100], status: [] },
    isStuck: true,
    rules: ['answers 503 to a body that it can send nowhere'],
  },
  {
    says: 'closes without a word',
    expect: { status: [], connection: 'closes', upstream: { whole: 0 } },
    rules: [
      'half a request line is a 408',
      'half a head is a 408',
      'half a body by length is a 408',
      'half a body in chunks is a 408',
      'half a chunk is a 408',
      'a body of which nothing comes is a 408',
      'the upstream of half a body is left',
    ],
  },
  {
    says: 'closes without a word',
    expect: { status: 200, connection: 'closes' },
    rules: ['half a second head is a 408'],
  },
  {
    says: 'lets it run on (proxy_ignore_client_abort)',
    expect: { status: [] },
    isStuck: true,
    rules: [
      'a client that resets while it waits aborts the request upstream',
      'a client that leaves before the answer leaves nothing open',
    ],
  },
  {
    says: 'gathers the whole body before it asks an upstream',
    expect: { status: [], upstream: { requests: 0 } },
    isStuck: true,
    rules: [
      'a client that resets while its body is awaited aborts it upstream',
      'a client that closes within its body aborts it upstream',
      'an answer that comes before the body has been sent is passed on, and the connection ends',
    ],
  },
  {
    says: 'asks for it all the same',
    expect: { status: 200, interim: [100] },
    rules: ['does not ask for a body that there is none of', 'does not ask for an empty body'],
  },
  {
    says: 'reads the body away and goes on',
    expect: { status: [404, 200] },
    rules: ['a 404 to a request with a body ends the connection'],
  },
  {
    says: 'takes no notice of it',
    expect: { status: 200, upstream: { requests: 1 } },
    rules: ['answers 417 to an expectation that nobody knows', 'answers 417 to a list of expectations'],
  },
];
