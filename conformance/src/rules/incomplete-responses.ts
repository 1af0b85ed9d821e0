import type { Case } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import { releaseUpstream, sendText, waitForText } from '../case/steps.ts';
import {
  chunk,
  closeConnection,
  lastChunk,
  resetConnection,
  respondOk,
  respondThenClose,
  respondThenContinue,
  respondThenReset,
  response,
} from '../case/upstream-scripts.ts';
import { get } from '../wire/request-text.ts';

const plain = get();
const large = 'abcdefghij'.repeat(30_000);
const coded = (body: string): string => response('200 OK', ['Transfer-Encoding: chunked'], body);
const sized = response('200 OK', ['Content-Length: 400000'], large);

/** An upstream that stops before a complete response head: 502, and the upstream connection is not reused. */
const headless = (rule: string, script: Script): Case => ({
  rule,
  send: plain,
  upstreams: [[script, respondOk]],
  expect: { status: 502, connection: 'stays', upstream: { connections: 2 } },
  ours: { code: 'PROXY_UPSTREAM_FAILED', logged: [502] },
});

/** A response that is truncated after its head: the client must see that it is incomplete. */
const truncated = (rule: string, script: Script): Case => ({
  rule,
  upstreams: [[script]],
  steps: [sendText(plain), waitForText('abcdefghij'), releaseUpstream],
  expect: { status: 200, truncated: true, connection: 'closes' },
});

/** Responses that end too early (RFC 9112 8). */
export const incompleteResponses: readonly Case[] = [
  headless('an upstream that closes before its response is a 502', closeConnection),
  headless('an upstream that resets before its response is a 502', resetConnection),
  headless('a truncated response head is a 502', respondThenClose('HTTP/1.1 200 OK\r\nContent-Le')),
  headless('a 100 without a final response is a 502', respondThenClose('HTTP/1.1 100 Continue\r\n\r\n')),
  truncated('a response shorter than its length is truncated for the client, too', respondThenClose(sized)),
  truncated(
    'a reset during a body with a length truncates the response for the client, too',
    respondThenReset(sized),
  ),
  truncated(
    'chunks without the last one truncate the response for the client, too',
    respondThenClose(coded(chunk(large))),
  ),
  truncated(
    'an incomplete chunk truncates the response for the client, too',
    respondThenClose(coded(`fffff\r\n${large}`)),
  ),
  truncated(
    'a reset during chunks truncates the response for the client, too',
    respondThenReset(coded(chunk(large))),
  ),
  truncated(
    'a reset during a close-delimited body truncates the response for the client, too',
    respondThenReset(response('200 OK', [], large)),
  ),
  truncated(
    'a malformed chunk size truncates the response',
    respondThenContinue(coded(chunk(large)), `zz\r\nhello\r\n${lastChunk}`),
  ),
  truncated(
    'a chunk longer than its size truncates the response',
    respondThenContinue(coded(chunk(large)), `5\r\nhello world\r\n${lastChunk}`),
  ),
];
