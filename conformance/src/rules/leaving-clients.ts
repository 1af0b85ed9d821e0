import type { Case, Expectation, OwnExpectation, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import {
  closeClient,
  halfCloseClient,
  releaseUpstream,
  resetClient,
  type Step,
  sendText,
  waitForAnswers,
  waitForClose,
  waitForText,
  waitForUpstreamClose,
  waitForUpstreamText,
} from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  neverRespond,
  ok,
  respondOk,
  respondThenContinue,
  response,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

const left = (
  rule: string,
  script: Script,
  steps: readonly Step[],
  expect: Expectation = {},
  ours: OwnExpectation = {},
): Case => ({
  rule,
  upstreams: [[script]],
  steps,
  expect,
  ours: { logged: [499], ...ours },
});

const large = response('200 OK', ['Content-Length: 900000'], 'abcdefghij'.repeat(20_000));
const both = (what: string, steps: (how: Step) => readonly Step[], script: Script): readonly Case[] => [
  left(`a client reset ${what} leaves nothing running`, script, steps(resetClient)),
  left(`a client close ${what} leaves nothing running`, script, steps(closeClient)),
];

export const leavingClients: Topic = {
  name: 'Client disconnects and half-closed connections',
  cases: [
    left('a client reset while it waits aborts the request upstream', neverRespond, [
      sendText(get()),
      waitForUpstreamText('/x'),
      resetClient,
      waitForUpstreamClose,
    ]),
    left(
      'a client reset during a chunked request body aborts the request upstream',
      neverRespond,
      [sendText(postChunks(chunk('hello'))), waitForUpstreamText('hello'), resetClient, waitForUpstreamClose],
      {},
      { upstream: { complete: 0 } },
    ),
    left(
      'a client close during a request body aborts the request upstream',
      neverRespond,
      [sendText(post('hello').slice(0, -1)), waitForUpstreamText('hell'), closeClient, waitForUpstreamClose],
      {},
      { logged: [400], upstream: { complete: 0 } },
    ),
    ...both(
      'during its response',
      (how) => [sendText(get()), waitForText('abcdefghij'), how, releaseUpstream, waitForUpstreamClose],
      respondThenContinue(large, 'x'.repeat(600_000)),
    ),
    {
      rule: 'a client that half-closes while it waits still gets its response',
      upstreams: [[respondThenContinue('', ok('late'))]],
      steps: [sendText(get()), waitForUpstreamText('/x'), halfCloseClient, releaseUpstream],
      expect: { status: 200, body: 'late', connection: 'closes' },
      ours: { logged: [200] },
    },
    {
      rule: 'a client that half-closes at once still gets its response',
      steps: [sendText(get()), halfCloseClient],
      expect: { status: 200, body: 'ok', connection: 'closes' },
    },
    {
      rule: 'a client that half-closes after its body still gets its response',
      steps: [sendText(post('hello')), halfCloseClient],
      expect: { status: 200, connection: 'closes', upstream: { body: 'hello', complete: 1 } },
    },
    {
      rule: 'a client that half-closes after its last chunk still gets its response',
      steps: [sendText(postChunks(chunk('hello') + lastChunk)), halfCloseClient],
      expect: { status: 200, connection: 'closes', upstream: { body: 'hello', complete: 1 } },
    },
    {
      rule: 'a client that half-closes gets all of a long response',
      upstreams: [[respondThenContinue(large, 'x'.repeat(700_000))]],
      steps: [sendText(get()), waitForText('abc'), halfCloseClient, releaseUpstream],
      expect: { status: 200, truncated: false, connection: 'closes' },
    },
    {
      rule: 'two requests and a half-close get two responses',
      steps: [sendText(get() + get()), halfCloseClient],
      expect: { status: [200, 200], connection: 'closes', upstream: { requests: 2 } },
    },
    {
      rule: 'a truncated head and a half-close are no request',
      steps: [sendText(get().slice(0, -3)), halfCloseClient, waitForClose],
      expect: { connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'a truncated body and a half-close are not completed upstream',
      steps: [sendText(post('hello').slice(0, -1)), halfCloseClient, waitForClose],
      expect: { connection: 'closes', upstream: { complete: 0 } },
      ours: { status: 400, code: 'REQUEST_INVALID' },
    },
    {
      rule: 'chunks without the last one and a half-close are not completed upstream',
      steps: [sendText(postChunks(chunk('hello'))), halfCloseClient, waitForClose],
      expect: { connection: 'closes', upstream: { complete: 0 } },
      ours: { status: 400, code: 'REQUEST_INVALID' },
    },
    {
      rule: 'a half-closed idle connection closes',
      steps: [sendText(get()), waitForAnswers(1), halfCloseClient, waitForClose],
      expect: { status: 200, connection: 'closes' },
    },
    {
      rule: 'a connection that is opened and closed leaves nothing behind',
      steps: [halfCloseClient, waitForClose],
      expect: { status: [], connection: 'closes', upstream: { requests: 0 } },
      ours: { logged: [] },
    },
    {
      rule: 'a client that resets right after its request affects no other client',
      upstreams: [[respondOk]],
      steps: [
        sendText(get()),
        resetClient,
        async (stage) => {
          const other = await stage.askAlone(get('Connection: close'));
          await stage.until('the answer of another client', () => other.endsWith('ok'));
        },
      ],
      expect: {},
    },
  ],
};
