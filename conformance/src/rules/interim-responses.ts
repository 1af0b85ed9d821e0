import type { Topic } from '../case/case.ts';
import {
  halfCloseClient,
  sendText,
  waitForAnswers,
  waitForClose,
  waitForText,
  waitForUpstreamText,
} from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  neverRespond,
  ok,
  respond,
  respondEarly,
  respondOk,
  response,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

const expecting = post('hello', 'Expect: 100-continue');
const head = expecting.slice(0, -5);
const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';
const go = 'HTTP/1.1 100 Continue\r\n\r\n';
const processing = 'HTTP/1.1 102 Processing\r\n\r\n';

export const interimResponses: Topic = {
  name: 'Expect and interim responses',
  cases: [
    {
      rule: 'sends 100 Continue to a client that waits for it',
      steps: [sendText(head), waitForText('100 Continue'), sendText('hello')],
      expect: { status: 200, interim: [100], connection: 'stays', upstream: { body: 'hello' } },
    },
    {
      rule: 'sends 100 Continue for a chunked body',
      steps: [
        sendText(postChunks('', 'Expect: 100-continue')),
        waitForText('100 Continue'),
        sendText(chunk('hello') + lastChunk),
      ],
      expect: { status: 200, interim: [100], upstream: { body: 'hello' } },
    },
    {
      rule: 'reads 100-continue in any letter case',
      steps: [
        sendText(head.replace('100-continue', '100-Continue')),
        waitForText('100 Continue'),
        sendText('hello'),
      ],
      expect: { status: 200, interim: [100] },
    },
    {
      rule: 'accepts a body that comes without waiting for 100 Continue',
      send: expecting,
      expect: { status: 200, connection: 'stays', upstream: { requests: 1, body: 'hello' } },
    },
    {
      rule: 'sends no 100 Continue for a request without a body',
      send: get('Expect: 100-continue'),
      expect: { status: 200, interim: [], connection: 'stays' },
    },
    {
      rule: 'sends no 100 Continue for an empty body',
      send: post('', 'Expect: 100-continue'),
      expect: { status: 200, interim: [], connection: 'stays' },
    },
    {
      rule: 'refuses a body that is too large before the client sends it',
      send: post('', 'Expect: 100-continue').replace('Length: 0', 'Length: 500000'),
      expect: { status: 413, interim: [], connection: 'closes', upstream: { requests: 0 } },
      ours: { code: 'PROXY_BODY_TOO_LARGE' },
    },
    {
      rule: 'answers 404 instead of 100 Continue when there is no route',
      send: head.replace('/~/x', '/nowhere'),
      expect: { status: 404, interim: [], connection: 'closes' },
    },
    {
      rule: 'answers 400 instead of 100 Continue to an ambiguous path',
      send: head.replace('/~/x', '/~/a/../b'),
      expect: { status: 400, interim: [], connection: 'closes' },
    },
    {
      rule: 'answers 503 to a waiting client when no upstream is available',
      send: head,
      upstreams: ['refuses'],
      expect: { status: 503 },
      ours: { code: 'PROXY_NO_UPSTREAM' },
    },
    {
      rule: 'answers 417 to an unknown expectation',
      send: post('hello', 'Expect: wonders'),
      expect: { status: 417, upstream: { requests: 0 } },
      ours: { code: 'PROXY_EXPECTATION_FAILED' },
    },
    {
      rule: 'answers 417 to a list of expectations',
      send: post('hello', 'Expect: 100-continue, wonders'),
      expect: { status: 417, upstream: { requests: 0 } },
    },
    {
      rule: 'a request is not completed when the client half-closes instead of sending its body',
      steps: [sendText(head), waitForText('100 Continue'), halfCloseClient, waitForClose],
      expect: { connection: 'closes', upstream: { complete: 0 } },
    },
    {
      rule: 'the 100 of an upstream is dropped after the proxy has sent its own',
      steps: [sendText(head), waitForText('100 Continue'), sendText('hello')],
      upstreams: [[respond(go + ok()), respondOk]],
      expect: { status: 200, interim: [100], body: 'ok' },
    },
    {
      rule: 'the 100 of an upstream is dropped when the client expects none',
      send: get(),
      upstreams: [[respond(go + ok()), respondOk]],
      expect: { status: 200, interim: [], body: 'ok', connection: 'stays' },
    },
    {
      rule: '103 Early Hints is passed on',
      send: get(),
      upstreams: [[respond(hints, ok()), respondOk]],
      expect: { status: 200, interim: [103], body: 'ok', connection: 'stays' },
    },
    {
      rule: '103 Early Hints arrives before the final response',
      upstreams: [[respondEarly(hints), neverRespond]],
      steps: [sendText(get()), waitForText('rel=preload')],
      expect: {},
    },
    {
      rule: 'several interim responses are passed on in order',
      send: get(),
      upstreams: [[respond(processing + hints + hints + ok()), respondOk]],
      expect: { status: 200, interim: [102, 103, 103], body: 'ok' },
    },
    {
      rule: '103 Early Hints loses its hop-by-hop headers',
      send: get(),
      upstreams: [
        [respond(response('103 Early Hints', ['Connection: X-Secret', 'X-Secret: 1', 'Link: </a>']) + ok())],
      ],
      expect: { status: 200, interim: [103], body: 'ok', lacks: [/secret/] },
    },
    {
      rule: '103 Early Hints and the response are read byte by byte',
      send: get(),
      upstreams: [[respond(...(hints + ok())), respondOk]],
      expect: { status: 200, interim: [103], body: 'ok' },
    },
    {
      rule: 'a response before the end of the request body is passed on, and the connection closes',
      steps: [sendText(post('x'.repeat(1000)).slice(0, -500)), waitForUpstreamText('x'), waitForAnswers(1)],
      upstreams: [[respondEarly(response('403 No', ['Content-Length: 2'], 'no'))]],
      expect: { status: 403, body: 'no', connection: 'closes' },
    },
    {
      rule: 'the second request on a connection may wait for 100 Continue, too',
      steps: [
        sendText(get()),
        waitForAnswers(1),
        sendText(head),
        waitForText('100 Continue'),
        sendText('hello'),
      ],
      upstreams: [[respondOk]],
      expect: { status: [200, 200], interim: [100] },
    },
  ],
};
