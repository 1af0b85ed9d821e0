import type { Case, Topic } from '../case/case.ts';
import { sendText, waitForAnswers, waitForText } from '../case/steps.ts';
import { chunk, lastChunk } from '../case/upstream-scripts.ts';
import { maxBodyBytes } from '../engines/engine-settings.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

const refused = (rule: string, send: string, oneOf: readonly number[], code: string): Case => ({
  rule,
  send,
  expect: { oneOf, connection: 'closes', upstream: { complete: 0 } },
  ours: { code },
});

const tooMany = (count: number): string =>
  get(...Array.from({ length: count }, (_, index) => `X-${index}: y`));
const atLimit = 'x'.repeat(maxBodyBytes);
const over = 'x'.repeat(maxBodyBytes + 1);

export const limits: Topic = {
  name: 'Limits',
  cases: [
    {
      rule: 'a body of exactly the limit passes',
      send: post(atLimit),
      expect: { status: 200, connection: 'stays', upstream: { complete: 1 } },
    },
    {
      rule: 'a chunked body of exactly the limit passes',
      send: postChunks(chunk(atLimit) + lastChunk),
      expect: { status: 200, connection: 'stays', upstream: { complete: 1 } },
    },
    refused(
      'a body over the limit is a 413 before it is read',
      post(over).slice(0, 200),
      [413],
      'PROXY_BODY_TOO_LARGE',
    ),
    refused(
      'a body over the limit is a 413 also for a client that sends all of it',
      post(over),
      [413],
      'PROXY_BODY_TOO_LARGE',
    ),
    refused(
      'a chunked body over the limit is a 413',
      postChunks(chunk(over) + lastChunk),
      [413],
      'PROXY_BODY_TOO_LARGE',
    ),
    refused(
      'many chunks that exceed the limit together are a 413',
      postChunks(chunk('x'.repeat(1000)).repeat(101) + lastChunk),
      [413],
      'PROXY_BODY_TOO_LARGE',
    ),
    {
      rule: 'a single chunk with a size over the limit is a 413 before it is read',
      steps: [
        sendText(postChunks(`${(maxBodyBytes * 20).toString(16)}\r\n${'x'.repeat(maxBodyBytes + 1)}`)),
        waitForAnswers(1),
      ],
      expect: { status: 413, connection: 'closes', upstream: { complete: 0 } },
    },
    {
      rule: 'a body over the limit without a route is a 404',
      send: post(over).replace('/~/x', '/nowhere').slice(0, 300),
      expect: { oneOf: [404, 413], connection: 'closes' },
      ours: { status: 404 },
    },
    {
      rule: 'a URL of 8 KiB passes',
      send: request(`GET /~/${'x'.repeat(8000)}`),
      expect: { status: 200, upstream: { requests: 1 } },
    },
    refused('a URL over 8 KiB is a 414', request(`GET /~/${'x'.repeat(8200)}`), [414], 'PROXY_URL_TOO_LONG'),
    {
      rule: 'a URL over 16 KiB is a 414 or a 431',
      send: request(`GET /~/${'x'.repeat(17_000)}`),
      expect: { oneOf: [414, 431], connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'a URL without an end is a 414 or a 431',
      send: `GET /~/${'x'.repeat(40_000)}`,
      expect: { oneOf: [414, 431], connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'a header of 12 KiB passes',
      send: get(`X-Any: ${'y'.repeat(12_000)}`),
      expect: { status: 200, upstream: { requests: 1 } },
    },
    refused(
      'a header over 16 KiB is a 431',
      get(`X-Any: ${'y'.repeat(17_000)}`),
      [431, 400],
      'REQUEST_HEAD_TOO_LARGE',
    ),
    refused(
      'headers that exceed 16 KiB together are a 431',
      get(...Array.from({ length: 60 }, (_, index) => `X-${index}: ${'y'.repeat(400)}`)),
      [431, 400],
      'REQUEST_HEAD_TOO_LARGE',
    ),
    {
      rule: '99 header lines and the Host pass',
      send: tooMany(99),
      expect: { status: 200, upstream: { requests: 1, has: ['x-98: y'] } },
    },
    refused('over 100 header lines are a 431', tooMany(100), [431], 'REQUEST_HEAD_TOO_LARGE'),
    refused('over 1000 header lines are a 431', tooMany(1050), [431], 'REQUEST_HEAD_TOO_LARGE'),
    {
      rule: 'a head without an end is refused when it is too large',
      send: `GET /~/x HTTP/1.1\r\nHost: a\r\n${'X-Any: yyyyyyyyyyyyyyyyyy\r\n'.repeat(1500)}`,
      expect: { oneOf: [400, 431], connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'the body limit applies to each request, not to the connection',
      steps: [
        sendText(post('x'.repeat(60_000))),
        waitForAnswers(1),
        sendText(post('y'.repeat(60_000))),
        waitForAnswers(2),
        waitForText('ok'),
      ],
      expect: { status: [200, 200], connection: 'stays' },
    },
    {
      rule: 'a large body to an ambiguous path is refused before it is read',
      send: post(over).replace('/~/x', '/~/a/../b').slice(0, 300),
      expect: { oneOf: [400, 413], connection: 'closes', upstream: { requests: 0 } },
    },
  ],
};
